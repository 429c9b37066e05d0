import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { NerError } from '../../shared/ner-error.ts';
import type { Search } from './search.ts';
import { openTrialLog } from './trial-log.ts';
import type { EpochScore, FinishedRound, Round, RunTrial, TrialEvent } from './trial.ts';

export interface TuneOptions {
  readonly search: Search;
  /** Fingerprint of all that decides what the search does: space, method, settings, data, seed. */
  readonly fingerprint: string;
  /** Where the search is kept: `trials.jsonl`, and the checkpoints that a next round needs. */
  readonly folder: string;
  /** Epochs that learning rates are planned for: those of the longest trials. */
  readonly maxEpochs: number;
  readonly resume: boolean;
}

/** What a search says, in order: start, then per round its beginning, its steps and epochs and its end, then end. */
export type TuneEvent =
  | {
      readonly type: 'start';
      readonly rounds: number;
      readonly epochs: number;
      /** Rounds that were finished before, when a search is resumed. */
      readonly finishedRounds: number;
    }
  | { readonly type: 'round'; readonly round: Round }
  | (TrialEvent & { readonly round: Round })
  | {
      readonly type: 'finished';
      readonly round: FinishedRound;
      /** Whether its score is the best so far; of equal ones the earliest stays. */
      readonly best: boolean;
    }
  | {
      readonly type: 'end';
      /** `exhausted`: the space has hardly any configurations that were not tried. */
      readonly reason: 'done' | 'exhausted';
    };

/** So many failures, one after the other, are not chance: the space or the data is at fault (as KerasTuner). */
const MAX_CONSECUTIVE_FAILURES = 3;

/**
 * Runs a search, a round at a time. A round that has finished is on disk before the next begins, so that a search that
 * was interrupted goes on with `resume` as if it had never been, and no finished round is run twice.
 *
 * @returns all finished rounds, those of before too
 * @throws {E_TRAINING_DIVERGED} three rounds in a row have failed
 * @throws whatever `openTrialLog` throws, and what `runTrial` throws but for E_TRAINING_DIVERGED
 */
export async function* tune(
  options: TuneOptions,
  runTrial: RunTrial,
): AsyncGenerator<TuneEvent, readonly FinishedRound[]> {
  const { search, fingerprint, folder, maxEpochs, resume } = options;
  const log = openTrialLog({ file: join(folder, 'trials.jsonl'), search: fingerprint, resume });
  const finished = [...log.finished];
  removeCheckpoints(folder, search.open(finished));
  yield { type: 'start', ...search.planned, finishedRounds: finished.length };
  for (;;) {
    refuseFailures(finished);
    const next = search.next(finished);
    if (typeof next === 'string') {
      yield { type: 'end', reason: next };
      return finished;
    }
    yield { type: 'round', round: next };
    const before = finished.findLast(({ trial }) => trial.id === next.trial.id)?.score ?? null;
    const round = yield* runRound(next, { folder, maxEpochs, runTrial, before });
    const best = round.score !== null && round.score > (bestRound(finished)?.score ?? -Infinity);
    log.append(round);
    finished.push(round);
    removeCheckpoints(folder, search.open(finished));
    yield { type: 'finished', round, best };
  }
}

/** The round with the best score, of equal ones the earliest; undefined when all failed. */
export function bestRound(finished: readonly FinishedRound[]): FinishedRound | undefined {
  const [best] = finished.filter(({ score }) => score !== null).toSorted((a, b) => b.score! - a.score!);
  return best;
}

interface RoundRun extends Pick<TuneOptions, 'folder' | 'maxEpochs'> {
  readonly runTrial: RunTrial;
  /** Score of the trial's round before. */
  readonly before: number | null;
}

async function* runRound(
  round: Round,
  { before, folder, maxEpochs, runTrial }: RoundRun,
): AsyncGenerator<TuneEvent, FinishedRound> {
  const { trial, fromEpoch, toEpoch, last } = round;
  const epochs: EpochScore[] = [];
  const running = runTrial({
    trial,
    fromEpoch,
    toEpoch,
    plannedEpochs: maxEpochs,
    from: fromEpoch === 0 ? undefined : checkpointFile(folder, trial.id, fromEpoch),
    to: last ? undefined : checkpointFile(folder, trial.id, toEpoch),
  });
  try {
    for await (const event of running) {
      if (event.type === 'epoch') epochs.push({ epoch: event.epoch, score: event.score, loss: event.loss });
      yield { ...event, round };
    }
    const score = epochs.length === 0 ? before : Math.max(...epochs.map((epoch) => epoch.score));
    return { ...round, epochs, score, failure: null };
  } catch (error) {
    if (!(error instanceof NerError) || error.code !== 'E_TRAINING_DIVERGED') throw error;
    return { ...round, epochs, score: null, failure: error.message };
  }
}

/** Names of a round's checkpoint: each round has its own, so that one which is run again finds where it began. */
function checkpointFile(folder: string, trial: number, epoch: number): string {
  return join(folder, `trial-${String(trial).padStart(4, '0')}-epoch-${epoch}.safetensors`);
}

const CHECKPOINT = /^trial-\d+-epoch-\d+\.safetensors(\.partial)?$/;

/** Removes the checkpoints that nothing goes on from: a large search would fill the disk. */
function removeCheckpoints(folder: string, needed: readonly FinishedRound[]): void {
  const keep = new Set(needed.map(({ trial, toEpoch }) => checkpointFile(folder, trial.id, toEpoch)));
  for (const name of readdirSync(folder)) {
    const file = join(folder, name);
    if (CHECKPOINT.test(name) && !keep.has(file)) rmSync(file);
  }
}

function refuseFailures(finished: readonly FinishedRound[]): void {
  const last = finished.slice(-MAX_CONSECUTIVE_FAILURES);
  if (last.length < MAX_CONSECUTIVE_FAILURES || last.some(({ failure }) => failure === null)) return;
  throw new NerError(
    'E_TRAINING_DIVERGED',
    `tune: the last ${MAX_CONSECUTIVE_FAILURES} trials failed, the last one with: ${last.at(-1)!.failure!} Narrow the space.`,
  );
}
