import { describe, expect, test } from 'vitest';
import { createApprover, type Approver } from '../../../functions/promote/approval.ts';
import { Died, dyingStore } from '../../support/dying-store.ts';
import { crown, DATASET, jobChanged, knowing, promotionRig, type PromotionRig } from '../../support/promotion-rig.ts';
import { vocabularyTagger } from '../../support/vocabulary-tagger.ts';

const JOB = 'tagwright-test-1';

interface Awaiting extends PromotionRig {
  readonly id: string;
  readonly champion: string;
  readonly approver: Approver;
}

/** A model that passed the gate over one that knows 60 names, and awaits a word. */
async function awaiting(names = 80): Promise<Awaiting> {
  const rig = await promotionRig();
  const champion = await crown(rig.registry, rig.store, 60);
  const id = await rig.leaveModel(JOB, vocabularyTagger(knowing(names)));
  await rig.handle(jobChanged(JOB), { approval: 'manual' });
  return { ...rig, id, champion, approver: createApprover(rig.options) };
}

describe('with approval by hand', () => {
  test('a model that passes the gate awaits a word, and nothing is told yet', async () => {
    const { id, champion, decision, current, published, handle } = await awaiting();
    await handle(jobChanged(JOB), { approval: 'manual' });
    expect(await decision(JOB)).toMatchObject({ verdict: 'awaiting approval', modelId: id, champion });
    expect([await current(), published]).toEqual([champion, []]);
  });

  test('one that does not pass is refused all the same', async () => {
    const { champion, decision, current } = await awaiting(40);
    expect(await decision(JOB)).toMatchObject({ verdict: 'refused', champion });
    expect(await current()).toBe(champion);
  });
});

describe('approve', () => {
  test('makes the model current, says so, and changes nothing the second time', async () => {
    const { id, champion, approver, decision, current, published } = await awaiting();
    const approved = await approver.approve(JOB);
    expect(approved).toMatchObject({ verdict: 'promoted', modelId: id, champion });
    expect(approved.reason).toMatch(/^approved; on the test set of tweets: F1 0\.8889 against 0\.7500/);
    expect(await approver.approve(JOB)).toEqual(approved);
    expect([await decision(JOB), await current()]).toEqual([approved, id]);
    expect(published).toMatchObject([{ detail: { modelId: id, previous: champion } }, { id: `promoted-${JOB}` }]);
  });

  test('measures the model against another that became current meanwhile: it is better', async () => {
    const { id, approver, current, leaveModel, handle } = await awaiting();
    const other = await leaveModel('job-2', vocabularyTagger(knowing(70)));
    await handle(jobChanged('job-2'));
    const approved = await approver.approve(JOB);
    expect(approved).toMatchObject({ verdict: 'promoted', champion: other });
    expect(approved.reason).toMatch(/^approved; .* F1 0\.8889 against 0\.8235/);
    expect(await current()).toBe(id);
  });

  test('measures the model against another that became current meanwhile: it is worse', async () => {
    const { approver, current, leaveModel, handle, decision, published } = await awaiting();
    const other = await leaveModel('job-2', vocabularyTagger(knowing(95)));
    await handle(jobChanged('job-2'));
    expect(await approver.approve(JOB)).toMatchObject({ verdict: 'refused', champion: other });
    expect(await current()).toBe(other);
    expect(await decision(JOB)).toMatchObject({ verdict: 'refused' });
    expect(published.at(-1)).toMatchObject({ 'detail-type': 'Model Refused' });
    await expect(approver.approve(JOB)).rejects.toMatchObject({ code: 'E_NOT_AWAITING' });
  });

  test('leads to the same end when it is said again after the process died', async () => {
    for (let step = 0; ; step++) {
      const { id, champion, approver, options, on, store, current, published } = await awaiting();
      const died = await createApprover({ ...options, ...on(dyingStore(store, step)) })
        .approve(JOB)
        .then(
          () => false,
          (error: unknown) => error instanceof Died,
        );
      expect(await approver.approve(JOB)).toMatchObject({ verdict: 'promoted', modelId: id, champion });
      expect(await current()).toBe(id);
      expect(new Set(published.map((event) => JSON.stringify(event))).size).toBe(1);
      if (!died) break;
    }
  });

  test('fails with E_NOT_AWAITING when the test set is gone', async () => {
    const { approver, store } = await awaiting();
    await store.delete(`frozen/${DATASET.name}/manifest.json`);
    await expect(approver.approve(JOB)).rejects.toMatchObject({ code: 'E_NOT_AWAITING' });
  });
});

describe('reject', () => {
  test('refuses the model, says so, and changes nothing the second time', async () => {
    const { champion, approver, current, published } = await awaiting();
    const rejected = await approver.reject(JOB);
    expect(rejected).toMatchObject({ verdict: 'refused', champion });
    expect(rejected.reason).toMatch(/^rejected; on the test set of tweets/);
    expect(await approver.reject(JOB)).toEqual(rejected);
    expect(await current()).toBe(champion);
    expect(published).toMatchObject([{ 'detail-type': 'Model Refused' }, { id: `refused-${JOB}` }]);
  });

  test.each<[string, (rig: Awaiting) => Promise<unknown>, string]>([
    ['nobody knows the job', async () => undefined, 'got no decision'],
    ['the model was approved', ({ approver }) => approver.approve(JOB), "got 'promoted'"],
  ])('fails with E_NOT_AWAITING when %s', async (_, prepare, got) => {
    const rig = await awaiting();
    await prepare(rig);
    await expect(rig.approver.reject(got.includes('no decision') ? 'job-x' : JOB)).rejects.toMatchObject({
      code: 'E_NOT_AWAITING',
      message: expect.stringContaining(got) as string,
    });
  });
});
