import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { ChildProcessJobs } from '../../../shared/jobs/child-process-jobs.ts';
import type { JobDescription } from '../../../shared/jobs/training-jobs.ts';
import { storeSource } from '../../../shared/model/bundle-source.ts';
import { readBundleFrom } from '../../../shared/model/bundle.ts';
import { FolderObjectStore } from '../../../shared/store/folder-object-store.ts';
import { collect } from '../../support/collect.ts';
import { trainingJobsConformance } from '../../support/conformance/training-jobs.ts';
import { codeOf } from '../../support/error-code.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { changesOf, type JobsRunner, recordingBus, runJobs, tinySpec } from '../../support/jobs-runner.ts';
import { childResult, startChild } from '../../support/run-child.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { until } from '../../support/until.ts';

/** So many epochs that nobody waits for their end. */
const ENDLESS = { epochs: 1_000_000 };

trainingJobsConformance('ChildProcessJobs', async () => {
  const { jobs, ended } = await runJobs();
  return { jobs, spec: tinySpec('a-job', { epochs: 1 }), ended };
});

async function describeJob({ jobs }: JobsRunner, name: string): Promise<JobDescription> {
  return (await jobs.describe(name))!;
}

/** Resolves when the job has finished an epoch, and so has a checkpoint. */
async function trains(runner: JobsRunner, name: string, epochs = 1): Promise<void> {
  await until(async () => {
    const { metrics } = await describeJob(runner, name);
    return metrics.some((metric) => metric.name === 'train:epoch' && metric.value >= epochs);
  });
}

async function keysUnder({ store }: JobsRunner, prefix: string): Promise<readonly string[]> {
  return collect(store.keys(prefix));
}

function logOf({ jobs }: JobsRunner, name: string): string {
  return readFileSync(jobs.logFile(name), 'utf8');
}

/** Process ids that a job's trainer had, by its log. */
function processesOf(log: string): readonly number[] {
  return [...log.matchAll(/^attempt \d+: process (\d+)$/gm)].map(([, pid]) => Number(pid));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function modelIdOf({ store }: JobsRunner, name: string): Promise<string> {
  return (await readBundleFrom(storeSource(store, `jobs/${name}/output/model/`))).manifest.id;
}

describe('a job that runs to its end', () => {
  test('leaves its model, report and figures, tells each change once, and cleans up', async () => {
    const runner = await runJobs();
    await runner.jobs.start(tinySpec('good'));
    await runner.ended('good');
    const { status, stage, metrics } = await describeJob(runner, 'good');
    expect([status, stage]).toEqual(['Completed', 'Completed']);
    expect(metrics.find(({ name }) => name === 'train:epoch')?.value).toBe(2);
    expect(await modelIdOf(runner, 'good')).toMatch(/^[0-9a-f]{16}$/);
    const data = ['curves.html', 'report.html', 'report.json'].map((name) => `jobs/good/output/data/${name}`);
    expect(await keysUnder(runner, 'jobs/good/output/data/')).toEqual(data);
    expect(await keysUnder(runner, 'jobs/good/checkpoints/')).toEqual([]);
    await until(() => changesOf(runner.bus, 'good').includes('Completed/Completed'));
    expect(changesOf(runner.bus, 'good')).toEqual([
      ...['InProgress/Pending', 'InProgress/Starting', 'InProgress/Downloading', 'InProgress/Training'],
      ...['InProgress/Uploading', 'Completed/Completed'],
    ]);
    await until(() => readdirSync(join(runner.root, 'good')).join() === 'log');
    expect(logOf(runner, 'good')).toMatch(/^model: [0-9a-f]{16}$/m);
    expect(runner.errors).toEqual([]);
  });

  test('is told of twice where that is asked for, each copy under the id of the first', async () => {
    const runner = await runJobs({ eventCopies: 2 });
    await runner.jobs.start(tinySpec('twice', { epochs: 1 }));
    await runner.ended('twice');
    await until(() => changesOf(runner.bus, 'twice').filter((change) => change === 'Completed/Completed').length === 2);
    const ids = runner.bus.events.map(({ id }) => id);
    expect(new Set(ids).size * 2).toBe(ids.length);
  });

  test('is told of once the bus takes events again', async () => {
    let failures = 3;
    const bus = recordingBus();
    const runner = await runJobs({
      bus: {
        publish: async (events) => {
          if (failures-- > 0) throw new Error('the bus is down');
          await bus.publish(events);
        },
      },
    });
    await runner.jobs.start(tinySpec('told', { epochs: 1 }));
    await runner.ended('told');
    await until(() => changesOf(bus, 'told').length === 6);
    expect(runner.errors).toHaveLength(3);
  });
});

describe('a job that fails', () => {
  test('says so in the words of its trainer', async () => {
    const runner = await runJobs();
    const spec = tinySpec('bad');
    await runner.jobs.start({ ...spec, hyperparameters: { ...spec.hyperparameters, learning_rate: '1' } });
    await runner.ended('bad');
    const { status, failureReason } = await describeJob(runner, 'bad');
    expect([status, failureReason]).toEqual(['Failed', expect.stringMatching(/^E_HYPERPARAMETER: .*learning_rate/)]);
    expect(await keysUnder(runner, 'jobs/bad/output/model/')).toEqual([]);
  });

  test.each([
    ['there is nothing in a channel', { channels: { train: 'datasets/none/' } }, {}, 'channel train: there is nothing'],
    ['it cannot be started', {}, { command: ['/no/such/program'] }, 'the trainer cannot be started'],
    ['it gives no reason', {}, { command: [process.execPath, '-e', 'process.exit(3)'] }, 'ended with 3 and gave no'],
  ])('says so when %s', async (_, changes, options, reason) => {
    const runner = await runJobs(options);
    await runner.jobs.start(tinySpec('bad', changes));
    await runner.ended('bad');
    const { status, failureReason } = await describeJob(runner, 'bad');
    expect([status, failureReason]).toEqual(['Failed', expect.stringContaining(reason)]);
  });

  test('fails when its trainer is lost again and again', async () => {
    const runner = await runJobs({ command: [process.execPath, '-e', 'process.kill(process.pid, "SIGKILL")'] });
    await runner.jobs.start(tinySpec('lost'));
    await runner.ended('lost');
    const { status, failureReason } = await describeJob(runner, 'lost');
    expect([status, failureReason]).toEqual(['Failed', 'the trainer was lost 3 times, last because SIGKILL ended it.']);
    expect(changesOf(runner.bus, 'lost').filter((change) => change === 'InProgress/Interrupted')).toHaveLength(2);
  });
});

describe('a job that is stopped', () => {
  test('saves, leaves its checkpoints and no model, and is Stopped', async () => {
    const runner = await runJobs();
    await runner.jobs.start(tinySpec('stopped', ENDLESS));
    await trains(runner, 'stopped');
    await runner.jobs.stop('stopped');
    expect((await describeJob(runner, 'stopped')).status).toBe('Stopping');
    await runner.ended('stopped');
    const { status, stage } = await describeJob(runner, 'stopped');
    expect([status, stage]).toEqual(['Stopped', 'Stopped']);
    expect(await keysUnder(runner, 'jobs/stopped/output/model/')).toEqual([]);
    expect((await keysUnder(runner, 'jobs/stopped/checkpoints/')).some((key) => key.endsWith('.safetensors'))).toBe(
      true,
    );
  });

  test('is killed when it does not end in time', async () => {
    const deaf = `process.on('SIGTERM', () => console.log('train_epoch=2;')); setInterval(() => 0, 1000); console.log('train_epoch=1;');`;
    const runner = await runJobs({ command: [process.execPath, '-e', deaf], graceSeconds: 0.3 });
    await runner.jobs.start(tinySpec('deaf'));
    await trains(runner, 'deaf');
    await runner.jobs.stop('deaf');
    await runner.ended('deaf');
    expect((await describeJob(runner, 'deaf')).status).toBe('Stopped');
    expect(processesOf(logOf(runner, 'deaf')).filter(isAlive)).toEqual([]);
    expect(logOf(runner, 'deaf')).toContain('train_epoch=2;');
  });

  test('is stopped by another process than the one that runs it, and at once where nothing was begun', async () => {
    const runner = await runJobs();
    const other = new ChildProcessJobs({ ...runner, clock: () => new Date() });
    onTestFinished(() => {
      other.close();
    });
    await other.start(tinySpec('first', ENDLESS));
    await other.start(tinySpec('second', ENDLESS));
    await trains(runner, 'first');
    // One at a time.
    expect(await describeJob(runner, 'second')).toMatchObject({ status: 'InProgress', stage: 'Pending' });
    await other.stop('second');
    expect(await describeJob(runner, 'second')).toMatchObject({ status: 'Stopped', stage: 'Stopped' });
    await other.stop('first');
    await runner.ended('first');
    expect((await describeJob(runner, 'first')).status).toBe('Stopped');
    expect(existsSync(join(runner.root, 'second'))).toBe(false);
  });

  test('is stopped when its time is over', async () => {
    const clock = createFakeClock();
    const runner = await runJobs({ clock });
    await runner.jobs.start(tinySpec('slow', { ...ENDLESS, maxRuntimeSeconds: 60 }));
    await trains(runner, 'slow');
    clock.advance(59_999);
    expect((await describeJob(runner, 'slow')).status).toBe('InProgress');
    clock.advance(1);
    await runner.ended('slow');
    expect(await describeJob(runner, 'slow')).toMatchObject({ status: 'Stopped', stage: 'MaxRuntimeExceeded' });
  });
});

// Several starts of a real trainer, each of some seconds where other tests take the cores.
describe('a job whose process is taken away', { timeout: 90_000 }, () => {
  test('goes on from its checkpoint to the model that it would have made anyway', async () => {
    const epochs = 30;
    const runner = await runJobs();
    await runner.jobs.start(tinySpec('whole', { epochs }));
    await runner.ended('whole');
    await runner.jobs.start(tinySpec('broken', { epochs }));
    await trains(runner, 'broken', 2);
    runner.jobs.interrupt('broken');
    await runner.ended('broken');
    expect((await describeJob(runner, 'broken')).status).toBe('Completed');
    expect(changesOf(runner.bus, 'broken')).toContain('InProgress/Interrupted');
    expect(logOf(runner, 'broken')).toMatch(/^resumed: /m);
    expect(await modelIdOf(runner, 'broken')).toBe(await modelIdOf(runner, 'whole'));
  });

  test('goes on after a kill -9', async () => {
    const runner = await runJobs();
    await runner.jobs.start(tinySpec('killed', { epochs: 60 }));
    await trains(runner, 'killed', 2);
    process.kill(processesOf(logOf(runner, 'killed'))[0]!, 'SIGKILL');
    await runner.ended('killed');
    expect((await describeJob(runner, 'killed')).status).toBe('Completed');
    expect(logOf(runner, 'killed')).toMatch(/^resumed: /m);
  });

  test('goes on in another tree where the store has the checkpoints and this machine has not', async () => {
    const runner = await runJobs();
    await runner.jobs.start(tinySpec('moved', ENDLESS));
    await trains(runner, 'moved');
    await runner.stopRunning();
    expect(await describeJob(runner, 'moved')).toMatchObject({ status: 'InProgress', stage: 'Interrupted' });
    const elsewhere = await runJobs({}, runner);
    await elsewhere.jobs.start(tinySpec('moved', ENDLESS));
    await until(() => existsSync(elsewhere.jobs.logFile('moved')) && /^resumed: /m.test(logOf(elsewhere, 'moved')));
  });
});

describe('a host that is killed', { timeout: 90_000 }, () => {
  test('takes its trainers with it, and the next one goes on with its jobs', async () => {
    const folder = tempFolder();
    const store = new FolderObjectStore({ root: join(folder, 'store'), clock: () => new Date() });
    onTestFinished(() => {
      store.close();
    });
    // Puts the corpus there.
    await (await runJobs({}, { store })).stopRunning();
    const spec = tinySpec('orphan', { epochs: 100 });
    const script = new URL('../../support/jobs-host-child.ts', import.meta.url);
    const host = startChild(script, [folder, JSON.stringify(spec)]);
    onTestFinished(() => void host.kill('SIGKILL'));
    const hostEnded = childResult(host);
    const log = join(folder, 'jobs', 'orphan', 'log');
    await until(() => existsSync(log) && /^train_epoch=2;/m.test(readFileSync(log, 'utf8')));
    const [trainer] = processesOf(readFileSync(log, 'utf8'));
    expect(isAlive(trainer!)).toBe(true);
    host.kill('SIGKILL');
    expect((await hostEnded).signal).toBe('SIGKILL');
    const next = await runJobs({ root: join(folder, 'jobs') }, { store });
    await next.ended('orphan');
    await until(() => !isAlive(trainer!));
    expect((await describeJob(next, 'orphan')).status).toBe('Completed');
    expect(changesOf(next.bus, 'orphan').slice(-6)).toEqual([
      ...['InProgress/Interrupted', 'InProgress/Starting', 'InProgress/Downloading', 'InProgress/Training'],
      ...['InProgress/Uploading', 'Completed/Completed'],
    ]);
    expect(logOf(next, 'orphan')).toMatch(/^resumed: /m);
  });

  test('is waited for: one process runs the jobs of a folder, and another takes its place', async () => {
    const first = await runJobs();
    await first.jobs.start(tinySpec('one', ENDLESS));
    await trains(first, 'one');
    const second = await runJobs({ root: first.root }, first);
    await first.stopRunning();
    await until(() => changesOf(second.bus, 'one').includes('InProgress/Training'));
    // The first one's trainer has ended, and the second's is the only one.
    await until(() => processesOf(logOf(second, 'one')).filter(isAlive).length === 1);
  });
});

test('fails when too many jobs are waiting', async () => {
  const runner = await runJobs({ maxUnfinished: 2 });
  await runner.jobs.start(tinySpec('a', ENDLESS));
  await runner.jobs.start(tinySpec('b', ENDLESS));
  expect(await codeOf(() => runner.jobs.start(tinySpec('c')))).toBe('E_JOB_LIMIT');
  // One that is there already is no more.
  expect(await runner.jobs.start(tinySpec('b', ENDLESS))).toBe(false);
});

test('fails to interrupt what does not run', async () => {
  const { jobs } = await runJobs();
  expect(
    await codeOf(() => {
      jobs.interrupt('nobody');
    }),
  ).toBe('E_JOB_UNKNOWN');
});
