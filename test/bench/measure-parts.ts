// A process that measures the steps of tagging one after the other, in one thread: node measure-parts.ts MODEL TWEETS
// Samples named `op NAME` are the time of the graph's operators of that name.
import '../../shared/env.ts';
import { Bench } from 'tinybench';
import { bioConstraints } from '../../shared/decode/constraints.ts';
import { createEntityScorer } from '../../shared/decode/entity-scorer.ts';
import { headScores } from '../../shared/decode/head-scores.ts';
import { viterbi } from '../../shared/decode/viterbi.ts';
import { bundleInput } from '../../shared/features/bundle-input.ts';
import { spansOf } from '../../shared/labels/spans.ts';
import { planBatches } from '../../shared/model/batch-plan.ts';
import { openBundle } from '../../shared/model/bundle.ts';
import { emit, type SentenceEmissions } from '../../shared/model/emitter.ts';
import { createPredictor } from '../../shared/model/predictor.ts';
import { WORD_BATCHES } from '../../shared/model/run-windows.ts';
import { createSession } from '../../shared/ort/session.ts';
import { tokenizeTweet } from '../../shared/text/tweet-tokenizer.ts';
import { benchTweets } from './bench-inputs.ts';
import type { Samples } from './figure.ts';
import { printSamples } from './in-child.ts';
import { operatorTimes } from './operator-times.ts';

async function measureParts(dir: string, count: number): Promise<Samples> {
  const bundle = await openBundle(dir);
  const { manifest, files } = bundle;
  const { labels, temperature } = manifest;
  const input = await bundleInput(bundle);
  const graph = files.get(manifest.graph.file)!;
  const session = await createSession(graph);
  const predictor = createPredictor({ manifest, run: session.run, input });

  const texts = benchTweets(count).tweets.map(({ text }) => text);
  const words = texts.map((text) => tokenizeTweet(text).map((token) => token.text));
  const encodeAll = async (): Promise<ReturnType<typeof input.feeds>[]> => {
    const windows = await input.windows(words);
    const batches = planBatches(windows, { ...(input.batches ?? WORD_BATCHES), maxLength: input.maxLength });
    return batches.map((batch) => input.feeds(batch.windows, batch.paddedLength));
  };
  const feeds = await encodeAll();

  const head = { labels: labels.length, ...headScores(manifest.head, labels.length) };
  const constraints = bioConstraints(labels);
  const scorer = createEntityScorer({ ...head, labels, temperature });
  const sentences: SentenceEmissions[] = [];
  const keep = (_: number, { emissions, offset, length }: SentenceEmissions): void => {
    sentences.push({ emissions: emissions.slice(offset, offset + length * head.labels), offset: 0, length });
  };
  await emit(words, keep, { run: session.run, input, labels: head.labels, concurrency: 1 });
  const decode = (sentence: SentenceEmissions): Int32Array => viterbi({ ...sentence, ...head, constraints }).path;
  const decoded = sentences.map((sentence) => {
    const path = decode(sentence);
    return { ...sentence, path, spans: spansOf(Array.from(path, (label) => labels[label]!)) };
  });

  const bench = new Bench({ time: 500, iterations: 5, warmupTime: 200, warmupIterations: 2, retainSamples: true });
  bench
    .add('tokenise', () => texts.map(tokenizeTweet))
    .add('encode', encodeAll)
    .add('graph', async () => {
      for (const feed of feeds) await session.run(feed);
    })
    .add('viterbi', () => sentences.map(decode))
    .add('score', () => decoded.map((sentence) => scorer.score(sentence)))
    .add('predict', () => predictor.predict(texts));
  await bench.run();
  await session.release();
  const operators = await operatorTimes(graph, feeds);
  return {
    ...Object.fromEntries(bench.tasks.map((task) => [task.name, perTweet(task, count)])),
    ...Object.fromEntries([...operators].map(([name, us]) => [`op ${name}`, [us / count]])),
  };
}

/** Microseconds for each tweet, one value for each round over all of them. */
function perTweet({ name, result }: Bench['tasks'][number], count: number): number[] {
  if (result.state !== 'completed') throw new Error(`'${name}' is ${result.state}`);
  return (result.latency.samples ?? []).map((ms) => (1000 * ms) / count);
}

const [model, count] = process.argv.slice(2);
printSamples(await measureParts(model!, Number(count)));
