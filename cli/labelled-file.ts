import { statSync } from 'node:fs';
import type { Manifest } from '../shared/contracts/manifest.ts';
import { spansOf } from '../shared/labels/spans.ts';
import { sha256Hex } from '../shared/model/sha256.ts';
import { NerError } from '../shared/ner-error.ts';
import { readConll, type Sentence } from '../shared/corpus/conll.ts';
import { decodeUtf8, readBytes } from '../shared/corpus/text-file.ts';

/** A file that models are measured on. */
export interface LabelledFile {
  readonly path: string;
  readonly sha256: string;
  readonly sentences: readonly Sentence[];
}

/**
 * Reads the file that `--corpus` names.
 *
 * @param repair whether tags that break the BIO rules are put right, and said on stderr, instead of refused
 * @throws {E_USAGE} when it is a folder
 * @throws what `readConll` throws
 */
export function readLabelled(verb: string, path: string, repair: boolean): LabelledFile {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) {
    throw new NerError(
      'E_USAGE',
      `tagwright ${verb}: --corpus: ${path} is a folder; expected one labelled file. Name the file in it that is to be measured, such as test.`,
    );
  }
  const bytes = readBytes(path);
  const onRepair = (message: string): void => void process.stderr.write(`repaired ${message}\n`);
  const sentences = readConll({ name: path, text: decodeUtf8(path, bytes) }, { repair, onRepair });
  return { path, sha256: sha256Hex(bytes), sentences };
}

/** How many entities each type has that the model has no labels for: it cannot find any of them. */
export function countUnknownTypes({ sentences }: LabelledFile, labels: readonly string[]): Record<string, number> {
  const known = new Set(labels.map((label) => label.slice(2)));
  const counts = new Map<string, number>();
  for (const { tags } of sentences) {
    for (const { type } of spansOf(tags)) {
      if (!known.has(type)) counts.set(type, (counts.get(type) ?? 0) + 1);
    }
  }
  return Object.fromEntries(counts);
}

/** The split that the file was when the model was made; null when it was none. */
export function usedAs({ sha256 }: LabelledFile, manifest: Pick<Manifest, 'data'>): string | null {
  return Object.entries(manifest.data).find(([, split]) => split.sha256 === sha256)?.[0] ?? null;
}

/** What whoever reads the figures should know; `model` as in `this model`. */
export function measuringWarnings(file: LabelledFile, manifest: Manifest, model: string): string[] {
  const unknown = Object.entries(countUnknownTypes(file, manifest.labels));
  const warnings: string[] = [];
  if (unknown.length > 0) {
    const types = unknown.map(([type, count]) => `${type} (${count})`).join(', ');
    warnings.push(`warning: ${model} has no labels for these types, so all their entities count as missed: ${types}`);
  }
  const split = usedAs(file, manifest);
  if (split === 'train') {
    warnings.push(
      `warning: ${file.path} is the file that ${model} was trained on: figures on it say nothing about other tweets. ` +
        'Measure on a file that training has not seen.',
    );
  } else if (split === 'dev') {
    warnings.push(
      `note: ${file.path} is the file that chose the best epoch of ${model}: figures on it are a little too good.`,
    );
  }
  return warnings;
}
