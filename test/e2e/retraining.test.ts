import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { type Host, startHost } from '../../functions/local/host.ts';
import { eventsFile, type RetrainingSettings } from '../../functions/local/retraining.ts';
import { type JobSummary, jobsResponseSchema, predictResponseSchema } from '../../shared/contracts/api.ts';
import { objectCreated } from '../../shared/events/object-created.ts';
import { SqliteEventBus } from '../../shared/events/sqlite-event-bus.ts';
import { cli } from '../support/cli.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { writeTinyDataset } from '../support/tiny-dataset.ts';
import { until } from '../support/until.ts';

const quick = { 'train.epochs': '3', seed: '1' };

interface LoopHost {
  readonly host: Host;
  readonly log: string[];
  readonly jobs: () => Promise<readonly JobSummary[]>;
  /** The jobs once so many have been decided about. */
  readonly decided: (count: number) => Promise<readonly JobSummary[]>;
}

async function openHost(stateDir: string, settings: Partial<RetrainingSettings> = {}): Promise<LoopHost> {
  const log: string[] = [];
  const host = await startHost({
    stateDir,
    port: 0,
    workers: 1,
    clock: () => new Date(),
    log: (line) => void log.push(line),
    retraining: { version: '1', approval: 'automatic', hyperparameters: quick, ...settings },
  });
  onTestFinished(() => host.close());
  const jobs = async (): Promise<readonly JobSummary[]> =>
    jobsResponseSchema.parse(await (await fetch(`${host.url}/v1/jobs`)).json()).jobs;
  return {
    host,
    log,
    jobs,
    decided: async (count) => {
      let found: readonly JobSummary[] = [];
      await until(async () => {
        found = await jobs();
        return found.filter(({ decision }) => decision !== undefined).length >= count;
      });
      return found;
    },
  };
}

async function upload(state: string, dir: string, ...flags: readonly string[]): Promise<void> {
  const { code, stderr } = await cli(['upload', dir, '--dataset', 'tiny', '--state', state, ...flags]);
  expect([code, stderr]).toEqual([0, expect.stringContaining('tiny/')]);
}

test('an upload becomes a model that serves; told again, late and twice over, it stays one job', async () => {
  const folder = tempFolder();
  const [state, corpus] = [join(folder, 'state'), writeTinyDataset(join(folder, 'corpus'))];
  const { host, jobs, decided } = await openHost(state);
  await upload(state, corpus);
  const [job] = await decided(1);
  expect(job).toMatchObject({
    status: 'Completed',
    decision: { verdict: 'promoted', championF1: null, modelId: expect.any(String) as string },
    metrics: { 'train:epoch': 3 },
  });
  const { modelId } = job!.decision!;
  await until(() => host.status().modelId === modelId);
  const response = await fetch(`${host.url}/v1/predict`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ texts: ['Ada lives in Paris since 1950'] }),
  });
  const { model, results } = predictResponseSchema.parse(await response.json());
  expect([model, results[0]!.entities.map(({ text }) => text)]).toEqual([modelId, ['Ada', 'Paris']]);
  await until(() => host.status().retraining?.last?.name === job!.name);

  await upload(state, corpus);
  const bus = new SqliteEventBus({ path: eventsFile(state), clock: () => new Date() });
  const key = `datasets/${job!.dataset}/manifest.json`;
  await bus.publish([objectCreated(key, { id: 'late', time: new Date(0) })]);
  await bus.publish([objectCreated(key, { id: 'late', time: new Date(0) })]);
  bus.close();
  await upload(state, corpus, '--again');
  const both = await decided(2);
  expect(both).toHaveLength(2);
  expect(both[0]!.decision).toMatchObject({ verdict: 'promoted' });
  expect(await jobs()).toHaveLength(2);
}, 120_000);
