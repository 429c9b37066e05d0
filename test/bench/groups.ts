import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { benchTweets, corpora, shownPath } from './bench-inputs.ts';
import { firehoseFigures } from './firehose/firehose-figures.ts';
import { measureFirehose } from './firehose/measure-firehose.ts';
import { figureOf, joinSamples, type Figure, type Samples } from './figure.ts';
import { samplesOfChild } from './in-child.ts';
import { measureFunctions } from './measure-functions.ts';
import { measureStart } from './measure-start.ts';
import { repeat } from './repeat.ts';

/** What groups share. */
export interface BenchContext {
  /** A bundle, trained on the sample corpus. */
  readonly model: string;
  /** Folder that is removed at the end. */
  readonly folder: string;
  /** Told in a line of what begins. */
  readonly say: (line: string) => void;
  readonly firehose: FirehoseWish;
}

/** How the host is loaded by the group `stream`. */
export interface FirehoseWish {
  readonly seconds: number;
  /** Tweets a second; 0 is as many as the host keeps up with. */
  readonly rate: number;
  /** Folder for a CPU profile of the host. */
  readonly profile: string | undefined;
}

type Group = (context: BenchContext) => Promise<readonly Figure[]>;

/** Processes that measure the same: one has one layout of memory, which may be lucky. */
const PROCESSES = { least: 2, most: 3, budgetMs: 15_000 };

async function samplesOfChildren(script: string, args: readonly string[]): Promise<Samples> {
  return (await repeat(PROCESSES, () => samplesOfChild(script, args))).reduce(joinSamples);
}

/** Training tweets a second, and its memory. */
const train: Group = async ({ folder, say }) => {
  const figures: Figure[] = [];
  for (const corpus of corpora()) {
    say(`training on ${shownPath(corpus)} ...`);
    const samples = await samplesOfChildren('./measure-training.ts', [corpus, join(folder, 'bench-training')]);
    const data = shownPath(corpus);
    figures.push(
      figureOf({ name: 'training, steps alone', unit: 'tweets/s', data }, samples['steps']!),
      figureOf({ name: 'training, with graph building and dev', unit: 'tweets/s', data }, samples['loop']!),
      figureOf({ name: 'peak memory of training', unit: 'MiB', data }, samples['memory']!),
    );
  }
  return figures;
};

const TAGGED = 4_000;

/** Tagging tweets a second, without queue and store. */
const tag: Group = async ({ model, say }) => {
  const figures: Figure[] = [];
  const { name: data } = benchTweets(TAGGED);
  for (const workers of [1, 2]) {
    const threads = workers === 1 ? '1 worker' : `${workers} workers`;
    say(`tagging with ${threads} ...`);
    const samples = await samplesOfChildren('./measure-tagging.ts', [model, String(workers), String(TAGGED)]);
    figures.push(
      figureOf({ name: `tagging, text to entities, ${threads}`, unit: 'tweets/s', data }, samples['predict']!),
      figureOf({ name: `tagging, words to label scores, ${threads}`, unit: 'tweets/s', data }, samples['emissions']!),
      figureOf({ name: `peak memory of tagging, ${threads}`, unit: 'MiB', data }, samples['memory']!),
    );
  }
  return figures;
};

const STREAMED = 10_000;

/** Promised for two cores. */
const STREAM_AT_LEAST = 2_000;

/** From bytes through queue and tagger to the stored result, in one process; then from HTTP, with a source beside it. */
const stream: Group = async ({ model, folder, say, firehose }) => {
  const workers = availableParallelism();
  const { name: data } = benchTweets(STREAMED);
  say(`streaming ${data} ...`);
  const samples = await samplesOfChildren('./measure-stream.ts', [model, String(workers), String(STREAMED)]);
  const name = `bytes to stored result, ${workers} workers`;
  return [
    figureOf({ name, unit: 'tweets/s', data, atLeast: STREAM_AT_LEAST }, samples['stream']!),
    figureOf({ name: 'peak memory of streaming', unit: 'MiB', data }, samples['memory']!),
    ...firehoseFigures(await measureFirehose({ model, folder, say, ...firehose })),
  ];
};

/** From the start of a process to its first answer. */
const start: Group = async ({ model, folder, say }) => {
  say('starting ...');
  const samples = await measureStart(model, join(folder, 'state'));
  const data = 'one tweet';
  return [
    figureOf({ name: 'start to first tagged tweet, tagwright tag', unit: 's', data }, samples['tag']!),
    figureOf({ name: 'start to first answer, tagwright serve', unit: 's', data }, samples['serve']!),
  ];
};

const DISSECTED = 1_000;

/** Operators that take less of the time of the greatest are not shown. */
const SHOWN_SHARE = 0.01;

/** Names of the steps of tagging, in their order. */
const PARTS = {
  tokenise: 'tokens of the text',
  encode: 'features, padded batches',
  graph: 'graph, one thread',
  viterbi: 'Viterbi',
  score: 'scores of entities',
  predict: 'all of it, one thread',
} as const;

/** Where the time of a tweet goes. */
const parts: Group = async ({ model, say }) => {
  say('taking the tagging of a tweet apart ...');
  const { name: data } = benchTweets(DISSECTED);
  const samples = await samplesOfChild('./measure-parts.ts', [model, String(DISSECTED)]);
  const steps = Object.entries(PARTS).map(([part, name]) =>
    figureOf({ name: `part: ${name}`, unit: 'us/tweet', data }, samples[part]!),
  );
  const operators = Object.entries(samples).filter(([name]) => name.startsWith('op '));
  const inGraph = operators.map(([name, values]) =>
    figureOf({ name: `in the graph: ${name.slice('op '.length)}`, unit: 'us/tweet', data }, values),
  );
  const most = Math.max(0, ...inGraph.map(({ median }) => median));
  return [
    ...steps,
    ...inGraph.filter(({ median }) => median >= SHOWN_SHARE * most).sort((a, b) => b.median - a.median),
  ];
};

const BATCHED = 5_000;

/** The tagger as it is deployed: what a cold start takes, and what an invocation tags. */
const functions: Group = async ({ folder, say }) => {
  say('starting the bundled tagger ...');
  const { name: data, tweets } = benchTweets(BATCHED);
  const texts = tweets.map(({ text }) => text);
  const samples = await measureFunctions(folder, texts);
  return [
    figureOf({ name: 'zip of the tagger, starter included', unit: 'MiB', data: process.arch }, samples['zip']!),
    figureOf({ name: 'tagger, cold: process to loaded code', unit: 's', data: 'starter' }, samples['load']!),
    figureOf({ name: 'tagger, cold: process to first stored tweet', unit: 's', data: 'starter' }, samples['first']!),
    figureOf({ name: 'tagger, warm: batches of ten messages', unit: 'tweets/s', data }, samples['warm']!),
  ];
};

export type GroupName = 'train' | 'tag' | 'stream' | 'start' | 'parts' | 'functions';

/** What can be measured, in this order. */
export const groups: Readonly<Record<GroupName, Group>> = { train, tag, stream, start, parts, functions };

export function isGroupName(name: string): name is GroupName {
  return Object.hasOwn(groups, name);
}
