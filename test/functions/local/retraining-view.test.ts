import { describe, expect, test } from 'vitest';
import { createAlarms } from '../../../functions/local/alarms.ts';
import { createRetrainingView } from '../../../functions/local/retraining-view.ts';
import type { JobDecision, JobSummary } from '../../../shared/contracts/api.ts';
import { createFakeClock } from '../../support/fake-clock.ts';

function job(name: string, changes: Partial<JobSummary> = {}): JobSummary {
  return {
    name,
    dataset: 'tiny/0123456789abcdef',
    status: 'InProgress',
    stage: 'Training',
    createdAt: '2026-03-04T05:06:07.000Z',
    metrics: {},
    ...changes,
  };
}

function decided(verdict: JobDecision['verdict'], minute: number): JobDecision {
  return {
    verdict,
    reason: `because ${verdict}`,
    decidedAt: `2026-03-04T05:${String(minute).padStart(2, '0')}:00.000Z`,
  };
}

const failed = { status: 'Failed', stage: 'Failed', decision: decided('no model', 1) } as const;

function view() {
  const alarms = createAlarms(createFakeClock());
  const created = createRetrainingView(alarms);
  return { ...created, codes: () => alarms.active().map(({ code, detail }) => `${code}: ${detail}`) };
}

describe('what is told of retraining', () => {
  test('is what runs, how many wait, and what was decided last', () => {
    const { show, now } = view();
    expect(now()).toEqual({ running: null, waiting: 0, last: null });
    const last = job('c', { status: 'Completed', stage: 'Completed', decision: decided('promoted', 9) });
    const jobs = [
      job('e', { stage: 'Pending' }),
      job('d'),
      last,
      job('b', { status: 'Completed', stage: 'Completed', decision: decided('refused', 8) }),
    ];
    show({ jobs, dead: [] });
    expect(now()).toEqual({ running: jobs[1], waiting: 1, last });
  });

  test('is a model that is being measured, once nothing trains', () => {
    const { show, now } = view();
    const measured = job('a', { status: 'Completed', stage: 'Completed' });
    show({ jobs: [job('b', { stage: 'Interrupted' }), measured], dead: [] });
    expect(now()).toEqual({ running: measured, waiting: 1, last: null });
  });
});

describe('alarms of retraining', () => {
  test('say that the last job of a dataset failed, until a later one ends well', () => {
    const { show, codes } = view();
    show({ jobs: [job('a', failed)], dead: [] });
    expect(codes()).toEqual(['job_failed: tiny/0123456789abcdef: because no model']);
    const later = job('b', { status: 'Completed', stage: 'Completed', decision: decided('refused', 2) });
    show({ jobs: [later, job('a', failed)], dead: [] });
    expect(codes()).toEqual([]);
    show({ jobs: [{ ...later, dataset: 'another/0123456789abcdef' }, job('a', failed)], dead: [] });
    expect(codes()).toHaveLength(1);
  });

  test.each([
    ['was stopped', 'Stopped', []],
    ['ran out of time', 'MaxRuntimeExceeded', ['job_failed: tiny/0123456789abcdef: because no model']],
  ] as const)('of a job that %s', (_, stage, expected) => {
    const { show, codes } = view();
    show({ jobs: [job('a', { status: 'Stopped', stage, decision: decided('no model', 1) })], dead: [] });
    expect(codes()).toEqual(expected);
  });

  test('say that a dataset is refused, until there is a job for another of its name', () => {
    const { show, refuse, codes } = view();
    refuse({
      id: 'a',
      time: '2026-03-04T06:00:00.000Z',
      source: 'tagwright',
      'detail-type': 'Dataset Refused',
      detail: { key: 'datasets/tiny/0123456789abcdef/manifest.json', code: 'E_DATASET_NO_TEST', reason: 'no test' },
    });
    show({ jobs: [job('a')], dead: [] });
    expect(codes()).toEqual(['dataset_refused: no test']);
    show({ jobs: [job('b', { createdAt: '2026-03-04T06:01:00.000Z' }), job('a')], dead: [] });
    expect(codes()).toEqual([]);
  });

  test('say that an event failed too often', () => {
    const { show, codes } = view();
    const event = {
      id: 'a',
      time: '2026-03-04T06:00:00.000Z',
      source: 'tagwright',
      'detail-type': 'Model Promoted',
      detail: { modelId: 'a', previous: null },
    } as const;
    show({ jobs: [], dead: [{ subscriber: 'host', tries: 20, reason: 'the disk is full', event }] });
    expect(codes()).toEqual(['event_failed: 1 events failed too often, the first: the disk is full']);
  });
});
