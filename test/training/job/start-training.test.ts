import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startTraining } from '../../../training/job/start-training.ts';
import type { JobEvent } from '../../../training/job/training-job.ts';
import { collect } from '../../support/collect.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { manifestOf, runJob, tinyJob, writeTinyJob } from '../../support/tiny-encoder-job.ts';

test('a job in a thread of its own says and writes what it does in this one', async () => {
  const folder = tempFolder();
  await writeTinyJob(folder);
  const [here, there] = [join(folder, 'here', 'bundle'), join(folder, 'there', 'bundle')];
  const events = await runJob(tinyJob(folder, { out: here }));
  const told = await collect(startTraining(tinyJob(folder, { out: there })));
  const placeless = (all: readonly JobEvent[], out: string): unknown =>
    JSON.parse(JSON.stringify(all).replaceAll(out, 'OUT'));
  expect(placeless(told, there)).toEqual(placeless(events, here));
  expect(manifestOf(there)).toBe(manifestOf(here));
});

test('a job that is stopped saves, and before it trains has nothing to save', async () => {
  const folder = tempFolder();
  await writeTinyJob(folder);
  const stop = new AbortController();
  const types: string[] = [];
  const job = tinyJob(folder, { changes: [['train.epochs', 200]] });
  for await (const event of startTraining(job, stop.signal)) {
    types.push(event.type);
    if (event.type === 'step') stop.abort();
  }
  expect(types.slice(-2)).toEqual(['interrupted', 'checkpoint']);
  const early = await collect(startTraining(tinyJob(folder, { out: join(folder, 'early') }), AbortSignal.abort()));
  expect(early.some(({ type }) => type === 'step')).toBe(false);
  expect(existsSync(join(folder, 'early'))).toBe(false);
});

test('fails with the code and the words of what the job fails with', async () => {
  const folder = tempFolder();
  await writeTinyJob(folder);
  const job = tinyJob(folder, { changes: [['train.speed', 1]] });
  await expect(collect(startTraining(job))).rejects.toMatchObject({
    code: 'E_USAGE',
    message: expect.stringContaining('there is no train.speed') as string,
  });
});
