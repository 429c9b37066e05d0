import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { type Host, startHost } from '../../functions/local/host.ts';
import { eventsFile, type RetrainingSettings } from '../../functions/local/retraining.ts';
import { readDatasetFolder } from '../../shared/datasets/read-dataset-folder.ts';
import { storeDataset } from '../../shared/datasets/store-dataset.ts';
import { type JobSummary, jobsResponseSchema, predictResponseSchema } from '../../shared/contracts/api.ts';
import { objectCreated } from '../../shared/events/object-created.ts';
import { SqliteEventBus } from '../../shared/events/sqlite-event-bus.ts';
import { cli } from '../support/cli.ts';
import { openStore } from '../support/open-store.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { tinyConll, writeTinyDataset } from '../support/tiny-dataset.ts';
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

const alarmCodes = ({ host }: LoopHost): readonly string[] => host.status().alarms.map(({ code }) => code);

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

test('a job that fails raises an alarm with its reason, which the next good upload ends', async () => {
  const folder = tempFolder();
  const [state, corpus] = [join(folder, 'state'), writeTinyDataset(join(folder, 'corpus'))];
  writeFileSync(join(corpus, 'dev.conll'), tinyConll(10, 1_000).replaceAll('B-place', 'B-planet'));
  const opened = await openHost(state);
  await upload(state, corpus);
  const [failed] = await opened.decided(1);
  expect(failed).toMatchObject({ status: 'Failed', decision: { verdict: 'no model' } });
  expect(failed!.decision!.reason).toContain('E_TYPE_UNSEEN');
  await until(() => alarmCodes(opened).includes('job_failed'));
  expect(opened.host.status().modelId).toBeNull();

  writeTinyDataset(corpus);
  await upload(state, corpus);
  await opened.decided(2);
  await until(() => !alarmCodes(opened).includes('job_failed'));
}, 120_000);

test('a job that is stopped leaves no model and no alarm; one that runs out of time leaves an alarm', async () => {
  const folder = tempFolder();
  const [state, corpus] = [join(folder, 'state'), writeTinyDataset(join(folder, 'corpus'))];
  const opened = await openHost(state, {
    hyperparameters: { ...quick, 'train.epochs': '100000' },
    maxRuntimeSeconds: 6,
  });
  await upload(state, corpus);
  await until(async () => (await opened.jobs())[0]?.stage === 'Training');
  const { name } = (await opened.jobs())[0]!;
  expect((await cli(['jobs', 'stop', name, '--state', state])).code).toBe(0);
  const [stopped] = await opened.decided(1);
  expect(stopped).toMatchObject({ status: 'Stopped', stage: 'Stopped', decision: { verdict: 'no model' } });
  await until(() => opened.host.status().retraining?.last?.name === name);
  expect(alarmCodes(opened)).toEqual([]);

  await upload(state, corpus, '--again');
  const [late] = await opened.decided(2);
  expect(late).toMatchObject({ status: 'Stopped', stage: 'MaxRuntimeExceeded', decision: { verdict: 'no model' } });
  await until(() => alarmCodes(opened).includes('job_failed'));
}, 120_000);

test('a dataset that nobody was told of is found, and a job goes on when its host was stopped meanwhile', async () => {
  const folder = tempFolder();
  const [state, corpus] = [join(folder, 'state'), writeTinyDataset(join(folder, 'corpus'))];
  await storeDataset(openStore(join(state, 'store')).store, readDatasetFolder({ dir: corpus, name: 'tiny' }));
  const settings = { hyperparameters: { ...quick, 'train.epochs': '30' } };
  const first = await openHost(state, settings);
  await until(async () => ((await first.jobs())[0]?.metrics['train:epoch'] ?? 0) >= 1);
  await first.host.close();
  const second = await openHost(state, settings);
  const [job, ...others] = await second.decided(1);
  expect(others).toEqual([]);
  expect(job).toMatchObject({ status: 'Completed', decision: { verdict: 'promoted' } });
  const restarts = [...first.log, ...second.log].filter((line) => line.endsWith(': Interrupted'));
  expect(restarts).toHaveLength(1);
}, 120_000);

test('with approval by hand a good model waits for a word, and serves after it', async () => {
  const folder = tempFolder();
  const [state, corpus] = [join(folder, 'state'), writeTinyDataset(join(folder, 'corpus'))];
  const { host, decided } = await openHost(state, { approval: 'manual' });
  await upload(state, corpus);
  const [job] = await decided(1);
  expect(job!.decision).toMatchObject({ verdict: 'awaiting approval' });
  expect(host.status().modelId).toBeNull();
  const { code, stderr } = await cli(['models', 'approve', job!.name, '--state', state]);
  expect([code, stderr]).toEqual([0, expect.any(String)]);
  await until(() => host.status().modelId === job!.decision!.modelId);
}, 120_000);
