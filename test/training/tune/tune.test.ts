import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRng } from '../../../shared/random.ts';
import { createGridSearch } from '../../../training/tune/grid-search.ts';
import { createHyperband } from '../../../training/tune/hyperband.ts';
import type { RoundRequest } from '../../../training/tune/trial.ts';
import { bestRound, tune, type TuneEvent, type TuneOptions } from '../../../training/tune/tune.ts';
import { collect } from '../../support/collect.ts';
import { codeOf } from '../../support/error-code.ts';
import { Killed, syntheticTrial, type SyntheticOptions } from '../../support/synthetic-trial.ts';
import { tempFolder } from '../../support/temp-folder.ts';

/** Some of its trials diverge, and never three in a row. */
const SEED = 6;

function options(folder: string, more: Partial<TuneOptions> = {}): TuneOptions {
  const space = { rate: { range: [0, 1] as [number, number] } };
  const search = createHyperband({ space, maxEpochs: 10, factor: 3, iterations: 1, rng: createRng(SEED) });
  return { search, fingerprint: 'a', folder, maxEpochs: 10, resume: false, ...more };
}

const run = (
  folder: string,
  trial: SyntheticOptions = {},
  more: Partial<TuneOptions> = {},
): Promise<readonly TuneEvent[]> => collect(tune(options(folder, more), syntheticTrial(trial)));

const logOf = (folder: string): string => readFileSync(join(folder, 'trials.jsonl'), 'utf8');

describe('tune', () => {
  test('runs a round at a time, says so, and keeps the best', async () => {
    const folder = tempFolder();
    const requests: RoundRequest[] = [];
    const events = await run(folder, { requests });
    expect(events[0]).toEqual({ type: 'start', rounds: 30, epochs: 120, finishedRounds: 0 });
    expect(events.at(-1)).toEqual({ type: 'end', reason: 'done' });
    const finished = events.filter((event) => event.type === 'finished');
    expect(finished.map(({ round }) => round.number)).toEqual(Array.from({ length: finished.length }, (_, i) => i + 1));
    // The score rises with the epochs, so the best is of a trial that came to the end, the one nearest to 0.3.
    const rounds = finished.map(({ round }) => round);
    const best = bestRound(rounds)!;
    const distance = (round: (typeof rounds)[number]): number => Math.abs((round.trial.values['rate'] as number) - 0.3);
    const whole = rounds.filter(({ toEpoch }) => toEpoch === 10);
    expect(best).toEqual(whole.toSorted((a, b) => distance(a) - distance(b))[0]);
    expect(finished.findLast((event) => event.best)?.round).toEqual(best);
    const epochs = events.filter((event) => event.type === 'epoch');
    for (const { round } of finished) {
      const own = epochs.filter((event) => event.round.number === round.number);
      expect(own.map(({ epoch, score, loss }) => ({ epoch, score, loss }))).toEqual(round.epochs);
      if (round.score !== null) {
        expect(round.epochs.map(({ epoch }) => epoch)).toEqual(
          Array.from({ length: round.toEpoch - round.fromEpoch }, (_, i) => round.fromEpoch + i + 1),
        );
        expect(round.score).toBe(Math.max(...round.epochs.map(({ score }) => score)));
      }
    }
  });

  test('starts each trial afresh, and a promoted one from the weights of its round before', async () => {
    const requests: RoundRequest[] = [];
    await run(tempFolder(), { requests });
    const saved = new Map<number, string | undefined>();
    for (const { trial, fromEpoch, from, to, plannedEpochs } of requests) {
      expect(plannedEpochs).toBe(10);
      expect(from).toBe(fromEpoch === 0 ? undefined : saved.get(trial.id));
      if (fromEpoch > 0) expect(from).toBeDefined();
      saved.set(trial.id, to);
    }
    // None of a last round is saved: no other follows.
    expect(requests.every(({ to, toEpoch }) => (to === undefined) === (toEpoch === 10))).toBe(true);
    expect(new Set([...saved.values()].filter((file) => file !== undefined)).size).toBeGreaterThan(10);
  });

  test('leaves no checkpoint behind', async () => {
    const folder = tempFolder();
    await run(folder);
    expect(readdirSync(folder)).toEqual(['trials.jsonl']);
  });

  test('notes a trial that diverges, and goes on without it', async () => {
    const requests: RoundRequest[] = [];
    const events = await run(tempFolder(), { requests });
    const failed = events.flatMap((event) => (event.type === 'finished' && event.round.score === null ? [event] : []));
    expect(failed.length).toBeGreaterThan(0);
    for (const { round, best } of failed) {
      expect(round.trial.values['rate']).toBeGreaterThan(0.9);
      expect([best, round.failure]).toEqual([false, 'train: the loss of step 1 is NaN.']);
    }
  });

  test('killed anywhere, any number of times, it goes on to the same end and runs no finished round twice', async () => {
    const whole = tempFolder();
    await run(whole);
    const kills = fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 6 });
    const torn = fc.boolean();
    await fc.assert(
      fc.asyncProperty(kills, torn, async (after, tear) => {
        const folder = tempFolder();
        const requests: RoundRequest[] = [];
        for (const [i, killAfter] of after.entries()) {
          const before = i === 0 ? 0 : logOf(folder).split('\n').length - 2;
          try {
            await run(folder, { killAfter, requests }, { resume: i > 0 });
          } catch (error) {
            expect(error).toBeInstanceOf(Killed);
          }
          // Only the round that was killed may be asked for again.
          const keys = requests.map(({ trial, toEpoch }) => `${trial.id}@${toEpoch}`);
          const first = requests.length === 0 ? 0 : new Set(keys).size;
          expect(first).toBeGreaterThanOrEqual(before);
          if (tear) appendFileSync(join(folder, 'trials.jsonl'), '{"number": 3, "tri');
        }
        await run(folder, { requests }, { resume: true });
        expect(logOf(folder)).toBe(logOf(whole));
        const rounds = logOf(whole).split('\n').length - 2;
        // Each kill costs at most the one round that it hit.
        expect(requests.length).toBeLessThanOrEqual(rounds + after.length);
      }),
      { numRuns: 25 },
    );
  });

  test('keeps the score of a trial that early stopping ended before its next round', async () => {
    const stopped = syntheticTrial();
    const events = await collect(
      tune(options(tempFolder()), (request) =>
        stopped(request.fromEpoch >= 2 ? { ...request, toEpoch: request.fromEpoch } : request),
      ),
    );
    const rounds = events.flatMap((event) => (event.type === 'finished' ? [event.round] : []));
    const promoted = rounds.filter(({ round, score }) => round > 0 && score !== null);
    expect(promoted.length).toBeGreaterThan(0);
    for (const { trial, number, score, epochs } of promoted) {
      expect(epochs).toEqual([]);
      expect(score).toBe(rounds.findLast((other) => other.trial.id === trial.id && other.number < number)?.score);
    }
  });

  test('begins anew without resume', async () => {
    const folder = tempFolder();
    await run(folder);
    const requests: RoundRequest[] = [];
    await run(folder, { requests });
    expect(requests[0]).toMatchObject({ trial: { id: 1 }, fromEpoch: 0 });
    expect(logOf(folder).split('\n').length - 2).toBe(requests.length);
  });

  test('resumed after its end it runs nothing', async () => {
    const folder = tempFolder();
    await run(folder);
    const before = logOf(folder);
    const requests: RoundRequest[] = [];
    const events = await run(folder, { requests }, { resume: true });
    expect(events.map(({ type }) => type)).toEqual(['start', 'end']);
    expect([requests, logOf(folder)]).toEqual([[], before]);
  });

  test('fails when three trials in a row do, with the reason of the last', async () => {
    const search = createGridSearch({ space: { rate: { choice: [0.1, 0.91, 0.92, 0.93, 0.2] } }, maxEpochs: 2 });
    const folder = tempFolder();
    const failing = run(folder, {}, { search });
    await expect(failing).rejects.toThrow(/the last 3 trials failed, .*the loss of step 1 is NaN\. Narrow the space/);
    expect(await codeOf(() => run(folder, {}, { search, resume: true }))).toBe('E_TRAINING_DIVERGED');
    expect(logOf(folder).split('\n')).toHaveLength(6);
  });

  test('fails when the search that is there is another', async () => {
    const folder = tempFolder();
    await run(folder);
    expect(await codeOf(() => run(folder, {}, { fingerprint: 'b', resume: true }))).toBe('E_CHECKPOINT_MISMATCH');
  });

  test('fails when a line of the log is none of ours, naming it', async () => {
    const folder = tempFolder();
    await run(folder);
    const [header, first, ...rest] = logOf(folder).split('\n');
    writeFileSync(join(folder, 'trials.jsonl'), [header, first!.replace('"score"', '"points"'), ...rest].join('\n'));
    expect(await codeOf(() => run(folder, {}, { resume: true }))).toBe('E_CHECKPOINT_CORRUPT');
    await expect(run(folder, {}, { resume: true })).rejects.toThrow('trials.jsonl:2: not a round of a search');
  });

  test('fails when its folder cannot be written', async () => {
    const folder = tempFolder();
    writeFileSync(join(folder, 'file'), '');
    expect(await codeOf(() => run(join(folder, 'file')))).toBe('E_FILE_UNWRITABLE');
    mkdirSync(join(folder, 'log', 'trials.jsonl'), { recursive: true });
    expect(await codeOf(() => run(join(folder, 'log')))).toBe('E_FILE_UNWRITABLE');
    rmSync(join(folder, 'log'), { recursive: true });
    expect(existsSync(join(folder, 'log'))).toBe(false);
  });
});
