import { defineCommand } from 'citty';
import type { Manifest } from '../shared/contracts/manifest.ts';
import { createRng } from '../shared/random.ts';
import { pairedBootstrap, type PairedComparison } from '../shared/evaluation/paired-bootstrap.ts';
import { countUnknownTypes, measuringWarnings, readLabelled, usedAs, type LabelledFile } from './labelled-file.ts';
import { openModel } from './open-model.ts';
import { print } from './text-output.ts';

/** Differences that chance makes less often than this are called significant. */
const SIGNIFICANCE = 0.05;

export const compare = defineCommand({
  meta: { name: 'compare', description: 'Compare two models on a labelled file: which is better, and is it chance' },
  args: {
    model: { type: 'string', valueHint: 'DIR', required: true, description: 'Bundle to compare' },
    against: { type: 'string', valueHint: 'DIR', required: true, description: 'Bundle to compare it with' },
    corpus: {
      type: 'string',
      valueHint: 'FILE',
      required: true,
      description: 'Labelled file in CoNLL form: the word in the first column, its tag in the last',
    },
    repair: {
      type: 'boolean',
      description: 'Put tags right that break the BIO rules, and say which; by default they are refused',
    },
    json: { type: 'boolean', description: 'Print the figures as JSON; by default as text' },
  },
  run: async ({ args }) => {
    const file = readLabelled('compare', args.corpus, args.repair === true);
    const first = await tagsOf(args.model, file);
    const second = await tagsOf(args.against, file);
    const warnings = [first, second].flatMap(({ manifest }) =>
      measuringWarnings(file, manifest, `model ${manifest.id}`),
    );
    for (const line of new Set(warnings)) process.stderr.write(`${line}\n`);
    const comparison = pairedBootstrap({
      gold: file.sentences.map((sentence) => sentence.tags),
      predicted: first.tags,
      against: second.tags,
      rng: createRng(0, 'paired bootstrap'),
    });
    const sides = { model: first.manifest, against: second.manifest };
    await print(args.json === true ? asJson(sides, file, comparison) : asText(sides, file, comparison));
    return 0;
  },
});

interface Sides {
  readonly model: Manifest;
  readonly against: Manifest;
}

interface TaggedFile {
  readonly manifest: Manifest;
  readonly tags: readonly (readonly string[])[];
}

async function tagsOf(dir: string, { sentences }: LabelledFile): Promise<TaggedFile> {
  const model = await openModel(dir);
  try {
    const tags = await model.predictor.predictWords(sentences.map((sentence) => sentence.words));
    return { manifest: model.manifest, tags };
  } finally {
    await model.release();
  }
}

function asJson({ model, against }: Sides, file: LabelledFile, comparison: PairedComparison): string {
  const side = (manifest: Manifest): object => ({
    id: manifest.id,
    usedAs: usedAs(file, manifest),
    unknownTypes: countUnknownTypes(file, manifest.labels),
  });
  const { path, sha256, sentences } = file;
  const about = { model: side(model), against: side(against), file: path, sha256, sentences: sentences.length };
  const measured = { mode: 'default', scheme: null, average: 'micro', ...comparison };
  const significant = comparison.pValue < SIGNIFICANCE;
  return `${JSON.stringify({ ...about, ...measured, significant, verdict: verdict({ model, against }, comparison) }, null, 2)}\n`;
}

function asText({ model, against }: Sides, file: LabelledFile, comparison: PairedComparison): string {
  const { f1, againstF1, difference, interval, pValue, ahead } = comparison;
  const share = (value: number): string => value.toFixed(4);
  const signed = (value: number): string => (value < 0 ? share(value) : `+${share(value)}`);
  return [
    `File: ${file.path} (SHA-256 ${file.sha256}), ${file.sentences.length} sentences`,
    'Micro F1 of entities, seqeval default mode:',
    '',
    `  model       ${model.id}   ${share(f1)}`,
    `  against     ${against.id}   ${share(againstF1)}`,
    `  difference                    ${signed(difference)}, ${Number((100 * interval.level).toPrecision(6))} % interval ${signed(interval.low)} to ${signed(interval.high)}`,
    '',
    `Paired bootstrap over sentences, ${interval.resamples} resamples: ${pText(pValue)}; the model is ahead in ${(100 * ahead).toFixed(1)} % of them.`,
    '',
    verdict({ model, against }, comparison),
    '',
  ].join('\n');
}

/** Which model is better, and whether that is more than chance. */
function verdict({ model, against }: Sides, { difference, pValue }: PairedComparison): string {
  if (model.id === against.id) return 'Both are the same model.';
  if (difference === 0) return 'Neither is better: both have the same F1 on this file.';
  const [better, worse] = difference > 0 ? [model, against] : [against, model];
  const points = `${(100 * Math.abs(difference)).toFixed(2)} points of F1`;
  return pValue < SIGNIFICANCE
    ? `${better.id} is better than ${worse.id} by ${points}, significantly (${pText(pValue)}).`
    : `${better.id} is ahead of ${worse.id} by ${points}, but not significantly (${pText(pValue)}): ` +
        'on other tweets like these it may as well be the other way round.';
}

function pText(pValue: number): string {
  return pValue < 0.001 ? 'p < 0.001' : `p = ${pValue.toPrecision(2)}`;
}
