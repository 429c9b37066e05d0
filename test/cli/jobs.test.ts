import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { eventsFile, jobsFolder } from '../../functions/local/retraining.ts';
import { createDecisions } from '../../functions/promote/decisions.ts';
import { SqliteEventBus } from '../../shared/events/sqlite-event-bus.ts';
import { ChildProcessJobs } from '../../shared/jobs/child-process-jobs.ts';
import type { JobSpec } from '../../shared/jobs/training-jobs.ts';
import { cli } from '../support/cli.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { openStore } from '../support/open-store.ts';
import { tempFolder } from '../support/temp-folder.ts';

function spec(name: string): JobSpec {
  return {
    name,
    hyperparameters: { tagwright_fingerprint: name, tagwright_dataset: 'tiny/0123456789abcdef' },
    channels: { train: 'datasets/tiny/0123456789abcdef/train/' },
    outputPrefix: 'jobs/',
    checkpointPrefix: `jobs/${name}/checkpoints/`,
    maxRuntimeSeconds: 60,
  };
}

/** A state folder with two jobs that nobody runs; one of them has been decided about. */
async function stateWithJobs() {
  const state = tempFolder();
  const clock = createFakeClock();
  const { store } = openStore(join(state, 'store'));
  const bus = new SqliteEventBus({ path: eventsFile(state), clock });
  const jobs = new ChildProcessJobs({ root: jobsFolder(state), store, bus, clock });
  onTestFinished(() => {
    jobs.close();
    bus.close();
  });
  await jobs.start(spec('first'));
  await jobs.stop('first');
  await createDecisions(store).write({
    job: 'first',
    dataset: { name: 'tiny', version: '0123456789abcdef' },
    verdict: 'no model',
    reason: 'the job was stopped',
    decidedAt: clock().toISOString(),
  });
  await jobs.start(spec('second'));
  return { state, jobs };
}

describe('jobs', () => {
  test('lists them, the newest first, with what was decided', async () => {
    const { state } = await stateWithJobs();
    const { code, stdout } = await cli(['jobs', '--state', state]);
    expect([code, stdout.split('\n').map((line) => line.replace(/ +/g, ' '))]).toEqual([
      0,
      [
        'job dataset stage dev F1 test F1 before decision',
        'second tiny/0123456789abcdef Pending - - -',
        'first tiny/0123456789abcdef Stopped - - - no model: the job was stopped',
        '',
      ],
    ]);
    const json = await cli(['jobs', 'list', '--state', state, '--json']);
    expect(JSON.parse(json.stdout)).toMatchObject({
      jobs: [{ name: 'second' }, { name: 'first', decision: { verdict: 'no model' } }],
    });
  });

  test('stops one that another process has, and shows an empty log before there is one', async () => {
    const { state, jobs } = await stateWithJobs();
    expect(await cli(['jobs', 'log', 'second', '--state', state])).toMatchObject({ code: 0, stdout: '' });
    expect((await cli(['jobs', 'stop', 'second', '--state', state])).code).toBe(0);
    expect(await jobs.describe('second')).toMatchObject({ status: 'Stopped' });
    for (const action of ['stop', 'log']) {
      const { code, stderr } = await cli(['jobs', action, 'third', '--state', state]);
      expect([code, stderr]).toEqual([1, expect.stringContaining('E_JOB_UNKNOWN')]);
    }
  });

  test('says that there are none, and makes nothing to find that out', async () => {
    const state = tempFolder();
    const { code, stdout, stderr } = await cli(['jobs', '--state', state]);
    expect([code, stdout, stderr]).toEqual([0, '', expect.stringContaining('there are no jobs')]);
    expect((await cli(['jobs', '--state', state, '--json'])).stdout).toBe('{\n  "jobs": []\n}\n');
  });

  test.each([[['again']], [['stop']], [['log']], [['list', 'first']]])('fails for %j', async (args) => {
    expect((await cli(['jobs', ...args])).code).toBe(2);
  });
});
