import { defineCommand } from 'citty';
import { statSync } from 'node:fs';
import type { Manifest } from '../shared/contracts/manifest.ts';
import { spansOf } from '../shared/labels/spans.ts';
import { sha256Hex } from '../shared/model/sha256.ts';
import { NerError } from '../shared/ner-error.ts';
import { createRng } from '../shared/random.ts';
import { readConll, type Sentence } from '../training/data/conll.ts';
import { decodeUtf8, readBytes } from '../training/data/text-file.ts';
import { evaluateTags, type EvaluationReport } from '../training/metrics/evaluation-report.ts';
import { formatReport } from '../training/metrics/format-report.ts';
import { openModel } from './open-model.ts';
import { print } from './text-output.ts';

export const evaluate = defineCommand({
  meta: { name: 'evaluate', description: 'Measure a model on a labelled file: entity F1 as seqeval has it' },
  args: {
    model: { type: 'string', valueHint: 'DIR', required: true, description: 'Bundle to measure' },
    corpus: {
      type: 'string',
      valueHint: 'FILE',
      required: true,
      description: 'Labelled file in CoNLL form: the word in the first column, its tag in the last',
    },
    json: { type: 'boolean', description: 'Print the figures as JSON; by default as text' },
  },
  run: async ({ args }) => {
    const { sha256, sentences } = readLabelled(args.corpus);
    const model = await openModel(args.model);
    try {
      const predicted = await model.predictor.predictWords(sentences.map(({ words }) => words));
      const gold = sentences.map(({ tags }) => tags);
      const unknownTypes = countUnknownTypes(gold, model.manifest.labels);
      const report = evaluateTags(gold, predicted, { rng: createRng(0, 'bootstrap') });
      const about: About = { model: model.manifest.id, file: args.corpus, sha256, usedAs: usedAs(model, sha256) };
      warn(about, unknownTypes);
      await print(
        args.json === true
          ? `${JSON.stringify({ ...about, unknownTypes, ...report }, null, 2)}\n`
          : asText(about, model.manifest, report),
      );
      return 0;
    } finally {
      await model.release();
    }
  },
});

/** What was measured on what. */
interface About {
  readonly model: string;
  readonly file: string;
  readonly sha256: string;
  /** The split that the file was when the model was made; null when it was none. */
  readonly usedAs: string | null;
}

/**
 * @throws {E_USAGE} when it is a folder
 * @throws what `readConll` throws
 */
function readLabelled(file: string): { readonly sha256: string; readonly sentences: readonly Sentence[] } {
  if (statSync(file, { throwIfNoEntry: false })?.isDirectory() === true) {
    throw new NerError(
      'E_USAGE',
      `tagwright evaluate: --corpus: ${file} is a folder; expected one labelled file. Name the file in it that is to be measured, such as test.`,
    );
  }
  const bytes = readBytes(file);
  return { sha256: sha256Hex(bytes), sentences: readConll({ name: file, text: decodeUtf8(file, bytes) }) };
}

/** How many entities each type has that the model has no labels for: it cannot find any of them. */
function countUnknownTypes(gold: readonly (readonly string[])[], labels: readonly string[]): Record<string, number> {
  const known = new Set(labels.map((label) => label.slice(2)));
  const counts = new Map<string, number>();
  for (const tags of gold) {
    for (const { type } of spansOf(tags)) {
      if (!known.has(type)) counts.set(type, (counts.get(type) ?? 0) + 1);
    }
  }
  return Object.fromEntries(counts);
}

function usedAs({ manifest }: { readonly manifest: Manifest }, sha256: string): string | null {
  return Object.entries(manifest.data).find(([, split]) => split.sha256 === sha256)?.[0] ?? null;
}

function warn({ file, usedAs: split }: About, unknownTypes: Readonly<Record<string, number>>): void {
  const unknown = Object.entries(unknownTypes).map(([type, count]) => `${type} (${count})`);
  if (unknown.length > 0) {
    say(
      `warning: the model has no labels for these types, so all their entities count as missed: ${unknown.join(', ')}`,
    );
  }
  if (split === 'train') {
    say(
      `warning: ${file} is the file that this model was trained on: figures on it say nothing about other tweets. ` +
        'Measure on a file that training has not seen.',
    );
  } else if (split === 'dev') {
    say(`note: ${file} is the file that chose this model's best epoch: figures on it are a little too good.`);
  }
}

function asText({ model, file, sha256 }: About, { scheme }: Manifest, report: EvaluationReport): string {
  return `Model: ${model}, scheme ${scheme}\nFile: ${file} (SHA-256 ${sha256})\n${formatReport(report)}`;
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
