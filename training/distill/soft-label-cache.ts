import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { readSafetensorsFile, writeSafetensorsFile } from '../../shared/model/safetensors-file.ts';
import { NerError } from '../../shared/ner-error.ts';
import type { SoftLabels, Teacher } from './teacher.ts';

/** Sentences of a file: a minute or less of work for a small encoder, which is what an interruption costs. */
const PART_SENTENCES = 1024;

export interface CachedLabelling {
  readonly teacher: Pick<Teacher, 'manifest' | 'label'>;
  readonly sentences: readonly (readonly string[])[];
  /** Where labels are kept, a file for some sentences each. */
  readonly folder: string;
}

/** How far it is; and with the last one the labels of all sentences. */
export interface LabellingProgress {
  readonly done: number;
  readonly total: number;
}

/**
 * Has the teacher label the sentences once: what is in the folder already is read, whoever asked for it before. A file's
 * name is a hash of the teacher's id and the words, so other words or another teacher never meet old labels. Files that
 * are not needed any more are removed at the end.
 *
 * @throws {E_FILE_UNWRITABLE} the folder cannot be written
 */
export async function* labelCached(options: CachedLabelling): AsyncGenerator<LabellingProgress, readonly SoftLabels[]> {
  const { teacher, sentences, folder } = options;
  const labels = teacher.manifest.labels.length;
  const found: SoftLabels[] = [];
  const used = new Set<string>();
  for (let start = 0; start < sentences.length; start += PART_SENTENCES) {
    const part = sentences.slice(start, start + PART_SENTENCES);
    const name = `${keyOf(teacher.manifest.id, part)}.safetensors`;
    used.add(name);
    const file = join(folder, name);
    const known = readPart(file, part, labels);
    const fresh = known ?? (await teacher.label(part));
    if (known === undefined) writePart(folder, file, fresh);
    found.push(...fresh);
    yield { done: found.length, total: sentences.length };
  }
  if (existsSync(folder)) for (const name of readdirSync(folder)) if (!used.has(name)) rmSync(join(folder, name));
  return found;
}

function keyOf(teacher: string, part: readonly (readonly string[])[]): string {
  return createHash('sha256')
    .update(JSON.stringify([teacher, part]))
    .digest('hex')
    .slice(0, 32);
}

/** The labels in a file; undefined where there is none, or what is there is not whole. */
function readPart(file: string, part: readonly (readonly string[])[], labels: number): SoftLabels[] | undefined {
  if (!existsSync(file)) return undefined;
  const logits = logitsIn(file);
  const words = part.reduce((sum, sentence) => sum + sentence.length, 0);
  if (logits?.length !== words * labels) return undefined;
  let at = 0;
  return part.map((sentence) => ({ logits: logits.slice(at, (at += sentence.length * labels)) }));
}

function logitsIn(file: string): Float16Array | undefined {
  try {
    const tensor = readSafetensorsFile(file).tensors.get('logits');
    if (tensor?.dtype !== 'F16') return undefined;
    return new Float16Array(tensor.data.buffer, tensor.data.byteOffset, tensor.data.length);
  } catch (error) {
    // A cache that is damaged is made again.
    if (error instanceof NerError && error.code === 'E_WEIGHTS_MALFORMED') return undefined;
    throw error;
  }
}

function writePart(folder: string, file: string, part: readonly SoftLabels[]): void {
  const bits = new Uint16Array(part.reduce((sum, { logits }) => sum + logits.length, 0));
  let at = 0;
  for (const { logits } of part) {
    bits.set(new Uint16Array(logits.buffer, logits.byteOffset, logits.length), at);
    at += logits.length;
  }
  try {
    mkdirSync(folder, { recursive: true });
    const partial = `${file}.partial`;
    writeSafetensorsFile(partial, {
      tensors: { logits: { dtype: 'F16', shape: [bits.length], data: bits } },
      metadata: {},
    });
    renameSync(partial, file);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new NerError('E_FILE_UNWRITABLE', `distill: ${folder}: cannot be written: ${reason}.`, { cause });
  }
}
