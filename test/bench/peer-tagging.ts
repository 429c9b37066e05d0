import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readConll } from '../../shared/corpus/conll.ts';
import { childOutput } from '../support/child-output.ts';
import { realCorpus } from './bench-inputs.ts';
import { figureOf, type Figure, type Quantity, type Samples } from './figure.ts';
import { parseSamples, samplesOfChild, samplesOfPython } from './in-child.ts';
import { costFigures } from './lambda-cost.ts';
import { pairedRounds, roundRatios, valuesOf } from './paired-rounds.ts';
import { agreementPercent, type PieceLabels } from './tag-agreement.ts';
import { makeTaggingBundles, type TaggingBundles } from './tagging-bundles.ts';
import type { TaggingJob } from './tagging-job.ts';

export interface PeerTaggingOptions {
  /** A Python with torch, transformers and optimum. */
  readonly python: string;
  /** Folder in whose node_modules transformers.js is. */
  readonly packages: string;
  readonly threads: number;
  readonly say: (line: string) => void;
  /** Folder that is removed at the end. */
  readonly folder: string;
  /** Bundles to use instead of those that the benchmark makes. */
  readonly model: string | undefined;
  readonly int8: string | undefined;
}

const ROUNDS = 3;

/** Every second tweet of WNUT16 test: a round of all contenders takes two minutes. */
const EVERY = 2;

/** How many times as fast as the best figure of a peer ours is promised to be. */
const FASTER = { fp32: 2, int8: 3 } as const;

const TITLES = {
  fp32: 'tagwright fp32',
  int8: 'tagwright int8',
  torch: 'transformers, torch',
  optimum: 'optimum fp32',
  optimumInt8: 'optimum int8',
  tjs: 'transformers.js fp32',
  tjsQ8: 'transformers.js q8',
  tjsQ8Single: 'transformers.js q8, one at a time',
} as const;

type Contender = keyof typeof TITLES;
type Rounds = Readonly<Partial<Record<Contender, readonly Samples[]>>>;

const DATA = 'WNUT16 test, MiniLM-L6';

/** Tagging from text to entities, ours and others', by turns on the same cores. */
export async function measurePeerTagging(options: PeerTaggingOptions): Promise<readonly Figure[]> {
  const { folder, say, threads } = options;
  const bundles = await makeTaggingBundles(options);
  const texts = readConll(join(realCorpus, 'test'))
    .filter((_, i) => i % EVERY === 0)
    .map(({ words }) => words.join(' '));
  await writeFile(join(folder, 'texts.json'), JSON.stringify(texts));
  say(`tagging ${texts.length} tweets, ${ROUNDS} rounds ...`);
  say('spaCy is not measured: its models are not in any package registry');
  const rounds = await pairedRounds(ROUNDS, contenders(bundles, options));
  const labelsOf = async (name: Contender): Promise<PieceLabels> =>
    JSON.parse(await readFile(labelsFile(folder, name), 'utf8')) as PieceLabels;
  const reference = await labelsOf('torch');
  const agreement: [Contender, number][] = [];
  for (const name of ['fp32', 'int8', 'optimumInt8'] as const) {
    agreement.push([name, agreementPercent(await labelsOf(name), reference)]);
  }
  return taggingFigures({ rounds, agreement, threads });
}

function labelsFile(folder: string, name: Contender): string {
  return join(folder, `${name}.labels.json`);
}

function contenders(
  { fp32, int8, peers }: TaggingBundles,
  { python, packages, threads, folder }: PeerTaggingOptions,
): Readonly<Record<Contender, () => Promise<Samples>>> {
  const job = (name: Contender, model: string, change: Partial<TaggingJob> = {}): TaggingJob => ({
    model,
    file: 'model.onnx',
    texts: join(folder, 'texts.json'),
    labels: labelsFile(folder, name),
    threads,
    batch: 32,
    ...change,
  });
  const ours = (name: Contender, bundle: string) => () =>
    samplesOfChild('./measure-text-tagging.ts', [JSON.stringify(job(name, bundle))]);
  const python3 = (library: 'torch' | 'optimum', of: TaggingJob) => () =>
    samplesOfPython(python, './peers/hf_tagging.py', { library, ...of });
  const node = (dtype: 'fp32' | 'q8', of: TaggingJob) => async () => {
    const script = fileURLToPath(new URL('./peers/tjs_tagging.mjs', import.meta.url));
    return parseSamples(await childOutput([process.execPath, script, packages, dtype, JSON.stringify(of)]));
  };
  return {
    fp32: ours('fp32', fp32),
    int8: ours('int8', int8),
    torch: python3('torch', job('torch', peers)),
    optimum: python3('optimum', job('optimum', peers)),
    optimumInt8: python3('optimum', job('optimumInt8', peers, { file: 'model_quantized.onnx' })),
    tjs: node('fp32', job('tjs', peers)),
    tjsQ8: node('q8', job('tjsQ8', peers)),
    tjsQ8Single: node('q8', job('tjsQ8Single', peers, { batch: 1 })),
  };
}

interface TaggingResults {
  readonly rounds: Rounds;
  /** Percent of texts whose pieces have the labels that torch gives them. */
  readonly agreement: readonly (readonly [Contender, number])[];
  readonly threads: number;
}

/** What of the rounds people want to know. */
export function taggingFigures({ rounds, agreement, threads }: TaggingResults): readonly Figure[] {
  const figure = (quantity: Omit<Quantity, 'data'>, values: readonly number[]): Figure =>
    figureOf({ ...quantity, data: DATA }, values);
  const measured = (Object.keys(TITLES) as Contender[]).filter((name) => rounds[name] !== undefined);
  const speeds = measured.map((name) =>
    figure({ name: `text to entities, ${TITLES[name]}`, unit: 'tweets/s' }, valuesOf(rounds[name]!, 'tagged')),
  );
  const ratio = (ours: 'fp32' | 'int8', peer: Contender): Figure[] => {
    if (rounds[ours] === undefined || rounds[peer] === undefined) return [];
    const quantity = { name: `${TITLES[ours]} / ${TITLES[peer]}`, unit: 'x', atLeast: FASTER[ours] } as const;
    return [figure(quantity, roundRatios(rounds[ours], rounds[peer], 'tagged'))];
  };
  const own = (['fp32', 'int8'] as const).filter((name) => rounds[name] !== undefined);
  return [
    ...speeds,
    ...ratio('fp32', 'optimum'),
    ...(['tjs', 'tjsQ8', 'tjsQ8Single'] as const).flatMap((peer) => ratio('int8', peer)),
    ...agreement.map(([name, percent]) =>
      figure({ name: `tweets with the labels of torch fp32, ${TITLES[name]}`, unit: '%' }, [percent]),
    ),
    ...own.flatMap((name) => [
      figure({ name: `peak memory, ${TITLES[name]}`, unit: 'MiB' }, valuesOf(rounds[name]!, 'memory')),
      figure(
        { name: `longest delay of the event loop, ${TITLES[name]}`, unit: 'ms' },
        valuesOf(rounds[name]!, 'pause'),
      ),
    ]),
    ...speeds.slice(0, own.length).flatMap((speed) => costFigures(speed, threads)),
  ];
}
