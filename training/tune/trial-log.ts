import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, truncateSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import { NerError } from '../../shared/ner-error.ts';
import type { FinishedRound } from './trial.ts';

const epochSchema = z.strictObject({ epoch: z.int(), score: z.number(), loss: z.number() });

const roundSchema = z.strictObject({
  number: z.int().min(1),
  trial: z.strictObject({ id: z.int().min(1), values: z.record(z.string(), z.json()) }),
  sweep: z.int().min(0).optional(),
  bracket: z.int().min(0).optional(),
  round: z.int().min(0),
  fromEpoch: z.int().min(0),
  toEpoch: z.int().min(1),
  last: z.boolean(),
  epochs: z.array(epochSchema),
  score: z.number().nullable(),
  failure: z.string().nullable(),
});

const headerSchema = z.strictObject({ search: z.string() });

/** The history of a search on disk: a line that says which search it is, then a line a finished round. */
export interface TrialLog {
  /** The rounds that were finished before. */
  readonly finished: readonly FinishedRound[];
  /**
   * Adds a round; it is on disk when this returns.
   *
   * @throws {E_FILE_UNWRITABLE} the rounds before are still there
   */
  readonly append: (round: FinishedRound) => void;
}

export interface TrialLogOptions {
  readonly file: string;
  /** Fingerprint of all that decides what the search does. */
  readonly search: string;
  /** Whether to go on from what is there; otherwise the log begins anew. */
  readonly resume: boolean;
}

/**
 * Opens the log of a search. A last line that a killed process did not finish is cut off: its round was not.
 *
 * @throws {E_CHECKPOINT_MISMATCH} to resume, another search was asked for than the one that is there
 * @throws {E_CHECKPOINT_CORRUPT} a line is none of ours
 * @throws {E_FILE_UNWRITABLE} it cannot be written
 */
export function openTrialLog({ file, search, resume }: TrialLogOptions): TrialLog {
  const text = resume && existsSync(file) ? readFileSync(file, 'utf8') : '';
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  const [header, ...lines] = whole.split('\n').slice(0, -1);
  if (header !== undefined && parseLine(file, 1, header, headerSchema).search !== search) {
    throw new NerError(
      'E_CHECKPOINT_MISMATCH',
      `${file}: the search is another one: its space, method, settings, data or seed differ. Search with those, or without --resume to start anew.`,
    );
  }
  writing(file, () => {
    mkdirSync(dirname(file), { recursive: true });
    if (header === undefined) writeLine(file, 'w', { search });
    else truncateSync(file, Buffer.byteLength(whole));
  });
  return {
    finished: lines.map((line, i) => parseLine(file, i + 2, line, roundSchema)),
    append(round) {
      writing(file, () => {
        writeLine(file, 'a', round);
      });
    },
  };
}

function writeLine(file: string, flag: 'a' | 'w', value: unknown): void {
  const handle = openSync(file, flag);
  try {
    const bytes = Buffer.from(`${JSON.stringify(value)}\n`);
    for (let at = 0; at < bytes.length;) at += writeSync(handle, bytes, at);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

function writing(file: string, work: () => void): void {
  try {
    work();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new NerError('E_FILE_UNWRITABLE', `${file}: the search cannot be written down: ${reason}.`, { cause });
  }
}

function parseLine<T>(file: string, number: number, line: string, schema: z.ZodType<T>): T {
  let reason: string;
  try {
    const parsed = schema.safeParse(JSON.parse(line));
    if (parsed.success) return parsed.data;
    reason = z.prettifyError(parsed.error);
  } catch (cause) {
    reason = cause instanceof Error ? cause.message : String(cause);
  }
  throw new NerError(
    'E_CHECKPOINT_CORRUPT',
    `${file}:${number}: not a round of a search: ${reason}. Remove the file and search without --resume.`,
  );
}
