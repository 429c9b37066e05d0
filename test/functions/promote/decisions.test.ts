import { describe, expect, test } from 'vitest';
import { decisionEvents } from '../../../functions/promote/decision-event.ts';
import { createDecisions } from '../../../functions/promote/decisions.ts';
import { busEventSchema } from '../../../shared/contracts/events.ts';
import { decisionSchema, VERDICTS, type Decision } from '../../../shared/contracts/promotion.ts';
import { openStore } from '../../support/open-store.ts';

function decision(job: string, changes: Partial<Decision> = {}): Decision {
  return decisionSchema.parse({
    job,
    dataset: { name: 'tweets', version: '0123456789abcdef' },
    verdict: 'refused',
    reason: 'it is worse',
    decidedAt: '2026-03-04T05:06:07.000Z',
    modelId: 'fedcba9876543210',
    champion: null,
    ...changes,
  });
}

describe('createDecisions', () => {
  test('keeps the first decision about a job, whoever comes second', async () => {
    const decisions = createDecisions(openStore().store);
    expect(await decisions.read('a')).toBeUndefined();
    const [first, second] = [decision('a'), decision('a', { verdict: 'promoted' })];
    const standing = await Promise.all([decisions.write(first), decisions.write(second)]);
    expect(standing[0]).toEqual(standing[1]);
    expect((await decisions.read('a'))!.decision).toEqual(standing[0]);
  });

  test('replaces the one that was read, and fails with E_STORE_CONFLICT for one that was replaced since', async () => {
    const decisions = createDecisions(openStore().store);
    await decisions.write(decision('a', { verdict: 'awaiting approval' }));
    const before = (await decisions.read('a'))!;
    const after = await decisions.replace(before, decision('a', { verdict: 'promoted' }));
    expect((await decisions.read('a'))!.decision).toEqual(after);
    await expect(decisions.replace(before, decision('a'))).rejects.toMatchObject({ code: 'E_STORE_CONFLICT' });
  });

  test('lists the newest first', async () => {
    const decisions = createDecisions(openStore().store);
    const at = (second: number): string => `2026-03-04T05:06:0${second}.000Z`;
    for (const [job, second] of Object.entries({ a: 2, b: 3, d: 1, c: 1 })) {
      await decisions.write(decision(job, { decidedAt: at(second) }));
    }
    expect((await decisions.list()).map(({ job }) => job)).toEqual(['b', 'a', 'c', 'd']);
  });

  test.each([
    ['no JSON', '{'],
    ['no decision', '{"job":"a"}'],
    ['the decision about another job', JSON.stringify(decision('b'))],
  ])('fails with E_RESULT_DAMAGED for %s', async (_, text) => {
    const { store } = openStore();
    await store.put('decisions/a.json', Buffer.from(text));
    const decisions = createDecisions(store);
    await expect(decisions.read('a')).rejects.toMatchObject({ code: 'E_RESULT_DAMAGED' });
    await expect(decisions.list()).rejects.toMatchObject({ code: 'E_RESULT_DAMAGED' });
  });
});

describe('decisionEvents', () => {
  test.each(VERDICTS)("tells '%s' as an event of the contract, the same each time", (verdict) => {
    const events = decisionEvents(decision('a', { verdict }));
    expect(events.map((event) => busEventSchema.parse(event))).toEqual(events);
    expect(events.length).toBe(verdict === 'awaiting approval' ? 0 : 1);
    expect(decisionEvents(decision('a', { verdict }))).toEqual(events);
  });
});
