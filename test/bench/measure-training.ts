// A process that trains for two epochs, without exporting: node measure-training.ts CORPUS OUT
import '../../shared/env.ts';
import { availableParallelism } from 'node:os';
import { packageVersion } from '../../cli/package-version.ts';
import { runTraining } from '../../training/job/run-training.ts';
import type { Samples } from './figure.ts';
import { peakMemoryMiB, printSamples } from './in-child.ts';

/** Of one run: `steps` is the second epoch without dev, `loop` all epochs with building the graphs and measuring dev. */
async function measureTraining(dir: string, out: string): Promise<Samples> {
  const threads = availableParallelism();
  const job = { corpus: { dir }, out, seed: 1, epochs: 2, resume: false, threads, version: packageVersion };
  let begun = 0;
  let epochBegun = 0;
  let lastStep = 0;
  let sentences = 0;
  let ofEpoch = 0;
  for await (const event of runTraining(job)) {
    const now = performance.now();
    if (event.type === 'start') begun = now;
    if (event.type === 'step') {
      sentences += event.sentences;
      ofEpoch = event.epoch === 2 ? ofEpoch + event.sentences : 0;
      lastStep = now;
    }
    if (event.type === 'epoch' && event.epoch === 1) epochBegun = now;
    if (event.type === 'end') {
      const perSecond = (count: number, ms: number): number => (1000 * count) / ms;
      return {
        steps: [perSecond(ofEpoch, lastStep - epochBegun)],
        loop: [perSecond(sentences, now - begun)],
        memory: [peakMemoryMiB()],
      };
    }
  }
  throw new Error(`training on ${dir} did not come to its end`);
}

const [corpus, out] = process.argv.slice(2);
printSamples(await measureTraining(corpus!, out!));
