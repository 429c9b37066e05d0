import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { NerError } from '../../shared/ner-error.ts';
import { loadCheckpoint, saveCheckpoint } from './checkpoint.ts';
import type { TrainState } from './train-state.ts';

export interface CheckpointFolderOptions {
  readonly folder: string;
  /** Fingerprint of the run that the checkpoints belong to. */
  readonly run: string;
  /** How many of the last checkpoints are kept; the best one is kept besides. At least 1. */
  readonly keepLast: number;
}

export interface FoundCheckpoint {
  readonly file: string;
  readonly state: TrainState;
  /** Newer files that are not whole, and why: they were passed over, and the caller should say so. */
  readonly damaged: readonly { readonly file: string; readonly reason: string }[];
}

export interface CheckpointFolder {
  /**
   * Writes a checkpoint, and only when it is whole removes those that are no longer kept. One of later steps than this
   * is gone then too: it is of a future that a resumed run has left.
   *
   * @returns its file
   * @throws {E_FILE_UNWRITABLE} on a full disk, say; the checkpoints before are still there
   */
  readonly save: (state: TrainState, options?: { readonly best?: boolean }) => string;
  /**
   * The newest whole checkpoint; undefined when there is none at all.
   *
   * @throws {E_CHECKPOINT_CORRUPT} there are some, and none is whole
   * @throws {E_CHECKPOINT_MISMATCH} it belongs to a run with other settings, data or seed
   */
  readonly latest: () => FoundCheckpoint | undefined;
  /** The newest whole one of those saved as best; otherwise as `latest`. */
  readonly best: () => FoundCheckpoint | undefined;
  /** Removes every checkpoint, for a run from the start. */
  readonly clear: () => void;
}

interface Entry {
  readonly file: string;
  readonly step: number;
  readonly best: boolean;
}

/** Whether a checkpoint was the best of its time is in its name: so one rename makes it there, whole and marked. */
const NAME = /^checkpoint-(\d+)(\.best)?\.safetensors$/;
const PARTIAL = /^checkpoint-\d+(\.best)?\.safetensors\.partial$/;

/** Enough for names to sort as their steps do. */
const STEP_DIGITS = 9;

/** The last checkpoints of a run, and the best. */
export function createCheckpointFolder({ folder, run, keepLast }: CheckpointFolderOptions): CheckpointFolder {
  if (!Number.isInteger(keepLast) || keepLast < 1) {
    throw new NerError('E_USAGE', `checkpoints: keepLast is no positive whole number, got ${keepLast}.`);
  }
  return {
    save(state, { best = false } = {}) {
      const name = `checkpoint-${String(state.step).padStart(STEP_DIGITS, '0')}${best ? '.best' : ''}.safetensors`;
      const file = join(folder, name);
      try {
        saveCheckpoint(file, state, run);
      } catch (error) {
        // What was written of it would keep a full disk full.
        rmSync(`${file}.partial`, { force: true });
        throw error;
      }
      prune(folder, { file, step: state.step, best }, keepLast);
      return file;
    },
    latest: () => newestWhole(entriesOf(folder), run),
    best: () =>
      newestWhole(
        entriesOf(folder).filter((entry) => entry.best),
        run,
      ),
    clear() {
      for (const { file } of entriesOf(folder)) rmSync(file);
      if (existsSync(folder)) removePartial(folder);
    },
  };
}

/** Newest first. */
function entriesOf(folder: string): Entry[] {
  if (!existsSync(folder)) return [];
  const found = readdirSync(folder).flatMap((name) => {
    const match = NAME.exec(name);
    return match === null ? [] : [{ file: join(folder, name), step: Number(match[1]), best: match[2] !== undefined }];
  });
  return found.sort((a, b) => b.step - a.step || Number(b.best) - Number(a.best));
}

function prune(folder: string, saved: Entry, keepLast: number): void {
  const others = entriesOf(folder).filter(({ file }) => file !== saved.file);
  const older = others.filter(({ step }) => step < saved.step);
  const keep = new Set([saved, ...older.slice(0, keepLast - 1)]);
  const best = [saved, ...older].find((entry) => entry.best);
  if (best !== undefined) keep.add(best);
  for (const entry of others) if (!keep.has(entry)) rmSync(entry.file, { force: true });
  removePartial(folder);
}

/** What a killed process had half written. */
function removePartial(folder: string): void {
  for (const name of readdirSync(folder)) if (PARTIAL.test(name)) rmSync(join(folder, name), { force: true });
}

function newestWhole(entries: readonly Entry[], run: string): FoundCheckpoint | undefined {
  const damaged: { file: string; reason: string }[] = [];
  let last: NerError | undefined;
  for (const { file } of entries) {
    try {
      const state = loadCheckpoint(file, run);
      if (state !== undefined) return { file, state, damaged };
    } catch (error) {
      if (!(error instanceof NerError) || error.code !== 'E_CHECKPOINT_CORRUPT') throw error;
      damaged.push({ file, reason: error.message });
      last = error;
    }
  }
  if (last !== undefined) throw last;
  return undefined;
}
