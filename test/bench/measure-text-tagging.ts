// A process that tags texts as one call, as a contender of `bench -- tag --peers`: node measure-text-tagging.ts JOB
import '../../shared/env.ts';
import { readFileSync, writeFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { bundleInput } from '../../shared/features/bundle-input.ts';
import { openBundle } from '../../shared/model/bundle.ts';
import { loadModel } from '../../shared/model/load-model.ts';
import type { Samples } from './figure.ts';
import { peakMemoryMiB, printSamples } from './in-child.ts';
import { WARM_UP_TEXTS, type TaggingJob } from './tagging-job.ts';

/** `tagged`: texts a second, text in, entities out. `pause`: the longest delay of the event loop meanwhile, in ms. */
async function measureTextTagging({ model: dir, texts: file, labels, threads }: TaggingJob): Promise<Samples> {
  const texts = JSON.parse(readFileSync(file, 'utf8')) as string[];
  const model = await loadModel(await openBundle(dir), { inputOf: bundleInput, workers: threads });
  try {
    const { predictor } = model;
    await predictor.predict(texts.slice(0, WARM_UP_TEXTS));
    const delay = monitorEventLoopDelay({ resolution: 1 });
    delay.enable();
    const begun = performance.now();
    await predictor.predict(texts);
    const seconds = (performance.now() - begun) / 1000;
    delay.disable();
    const memory = [peakMemoryMiB()];
    const pieces = await predictor.predict(texts, { aggregation: 'none' });
    writeFileSync(
      labels,
      JSON.stringify(pieces.map((found) => found.map(({ startCp, type }) => `${startCp}:${type}`))),
    );
    return { tagged: [texts.length / seconds], pause: [delay.max / 1e6], memory };
  } finally {
    await model.release();
  }
}

printSamples(await measureTextTagging(JSON.parse(process.argv[2]!) as TaggingJob));
