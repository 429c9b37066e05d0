import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { TrainingJobChanged } from '../../../shared/contracts/events.ts';
import type { ErrorCode } from '../../../shared/ner-error.ts';
import { NerError } from '../../../shared/ner-error.ts';
import type { ObjectStore } from '../../../shared/store/object-store.ts';
import { Died, dyingStore } from '../../support/dying-store.ts';
import {
  crown,
  DATASET,
  jobChanged,
  knowing,
  NAMES,
  promotionRig,
  writeFrozenTest,
  type PromotionRig,
} from '../../support/promotion-rig.ts';
import { loadVocabularyTagger, vocabularyTagger } from '../../support/vocabulary-tagger.ts';

/** Of a model that knows 60 of the 100 names: its precision is 1 and its recall 0.6. */
const F1_OF_60 = (2 * 0.6) / 1.6;
const JOB = 'tagwright-test-1';

async function keysOf(store: ObjectStore): Promise<string[]> {
  const keys: string[] = [];
  for await (const key of store.keys('')) keys.push(key);
  return keys;
}

describe('the model of a job that completed', () => {
  test('becomes current where there was none, is signed, and is told', async () => {
    const rig = await promotionRig();
    const id = await rig.leaveModel(JOB, vocabularyTagger(knowing(60)));
    await rig.handle(jobChanged(JOB));
    expect(await rig.current()).toBe(id);
    expect((await rig.registry.load(id)).manifest.id).toBe(id);
    expect(await rig.decision(JOB)).toMatchObject({
      job: JOB,
      dataset: DATASET,
      verdict: 'promoted',
      reason: 'on the test set of tweets: F1 0.7500, and no model to compare it with',
      modelId: id,
      champion: null,
      comparison: { f1: F1_OF_60, championF1: null, sentences: 100, types: { person: { support: 100 } } },
    });
    expect(rig.published).toEqual([
      {
        id: `promoted-${JOB}`,
        time: '2026-03-04T05:06:07.000Z',
        source: 'tagwright',
        'detail-type': 'Model Promoted',
        detail: { modelId: id, previous: null, job: JOB },
      },
    ]);
  });

  test('takes the place of a worse one', async () => {
    const rig = await promotionRig();
    const champion = await crown(rig.registry, rig.store, 60);
    const id = await rig.leaveModel(JOB, vocabularyTagger(knowing(80)));
    await rig.handle(jobChanged(JOB));
    expect(await rig.current()).toBe(id);
    const decision = await rig.decision(JOB);
    expect(decision).toMatchObject({ verdict: 'promoted', champion, gate: rig.options.gate });
    expect(decision!.comparison).toMatchObject({ championF1: F1_OF_60, interval: { level: 0.95, resamples: 10_000 } });
    expect(decision!.comparison!.difference).toBeCloseTo(1.6 / 1.8 - F1_OF_60, 12);
    expect(rig.published).toMatchObject([{ detail: { modelId: id, previous: champion, job: JOB } }]);
  });

  test('is refused with the reason when it is worse, stays published for an operator, and the other goes on', async () => {
    const rig = await promotionRig();
    const champion = await crown(rig.registry, rig.store, 60);
    const id = await rig.leaveModel(JOB, vocabularyTagger(knowing(40)));
    await rig.handle(jobChanged(JOB));
    expect(await rig.current()).toBe(champion);
    const reason =
      'on the test set of tweets: F1 0.5714 against 0.7500 (-0.1786): it has to be +0.0000 at least; ' +
      'it may be as low as -0.2459, and has to be above -0.0200; person fell from 0.7500 to 0.5714, by more than 0.1000';
    const decision = await rig.decision(JOB);
    expect(decision).toMatchObject({ verdict: 'refused', modelId: id, champion });
    expect(decision!.reason.replace(/-0\.2\d{3}/, '-0.2459')).toBe(reason);
    expect(rig.published).toMatchObject([
      { 'detail-type': 'Model Refused', detail: { job: JOB, modelId: id, reason: decision!.reason } },
    ]);
    await rig.registry.promote(id);
    expect(await rig.current()).toBe(id);
  });

  test('is asked about the test set once, and so is the champion', async () => {
    const rig = await promotionRig();
    const asked: string[] = [];
    const load: typeof loadVocabularyTagger = async (bundle) => {
      const model = await loadVocabularyTagger(bundle);
      const predictWords: typeof model.predictor.predictWords = (sentences) => {
        asked.push(model.manifest.id);
        return model.predictor.predictWords(sentences);
      };
      return { ...model, predictor: { ...model.predictor, predictWords } };
    };
    const ids = [await crown(rig.registry, rig.store, 60)];
    for (const [index, names] of [70, 65, 80].entries()) {
      ids.push(await rig.leaveModel(`job-${index}`, vocabularyTagger(knowing(names))));
      await rig.handle(jobChanged(`job-${index}`), { load });
    }
    expect([...asked].sort()).toEqual([...ids].sort());
    expect(await rig.current()).toBe(ids[3]);
  });

  test('is measured again when what was kept of it is damaged', async () => {
    const rig = await promotionRig();
    const champion = await crown(rig.registry, rig.store, 60);
    const id = await rig.leaveModel(JOB, vocabularyTagger(knowing(70)));
    await rig.handle(jobChanged(JOB));
    for (const key of await keysOf(rig.store)) {
      if (key.startsWith('evaluations/')) await rig.store.put(key, Buffer.from('{"tags":[]}'));
    }
    await rig.registry.rollback();
    await rig.store.delete(`decisions/${JOB}.json`);
    await rig.leaveModel('job-2', vocabularyTagger(knowing(75)));
    await rig.handle(jobChanged('job-2'));
    expect(await rig.decision('job-2')).toMatchObject({
      verdict: 'promoted',
      champion,
      comparison: { championF1: F1_OF_60 },
    });
    expect(id).not.toBe(champion);
  });

  test('counts as having missed the entities of types that it has no labels for', async () => {
    const rig = await promotionRig();
    await crown(rig.registry, rig.store, 60);
    const places = Object.fromEntries(NAMES.map((name) => [name, 'B-geo-loc']));
    await rig.leaveModel(JOB, vocabularyTagger(places));
    await rig.handle(jobChanged(JOB));
    expect(await rig.decision(JOB)).toMatchObject({
      verdict: 'refused',
      comparison: { f1: 0, types: { person: { f1: 0, championF1: F1_OF_60 }, 'geo-loc': { f1: 0, support: 0 } } },
    });
  });

  test('may not be worse on the test set of another dataset either, so that a new name does not lower the bar', async () => {
    const rig = await promotionRig();
    const champion = await crown(rig.registry, rig.store, 60);
    const easy = await writeFrozenTest(rig.store, 'easy', ['Name0', 'Name1']);
    const id = await rig.leaveModel(JOB, vocabularyTagger(knowing(2)));
    await rig.handle(jobChanged(JOB, { HyperParameters: { tagwright_dataset: `easy/${DATASET.version}` } }));
    expect(await rig.current()).toBe(champion);
    const decision = await rig.decision(JOB);
    expect(decision).toMatchObject({ verdict: 'refused', modelId: id, comparison: { sentences: 100 } });
    expect(decision!.comparison!.test).not.toBe(easy.sha256);
    expect(decision!.reason).toMatch(/^on the test set of tweets: F1 0\.0392 against 0\.7500/);
  });
});

describe('a job without a model', () => {
  test.each<[string, Partial<TrainingJobChanged['detail']>, string]>([
    [
      'failed',
      { TrainingJobStatus: 'Failed', FailureReason: 'E_TRAINING_DIVERGED: NaN' },
      'the job failed: E_TRAINING_DIVERGED: NaN',
    ],
    ['failed without a reason', { TrainingJobStatus: 'Failed' }, 'the job failed: it gave no reason'],
    ['was stopped', { TrainingJobStatus: 'Stopped', SecondaryStatus: 'Stopped' }, 'the job was stopped'],
    [
      'ran out of time',
      { TrainingJobStatus: 'Stopped', SecondaryStatus: 'MaxRuntimeExceeded' },
      'the job was stopped, because its time was up',
    ],
    [
      'waited in vain for spot capacity',
      { TrainingJobStatus: 'Stopped', SecondaryStatus: 'MaxWaitTimeExceeded' },
      'the job was stopped, because no spot capacity came in time',
    ],
    ['completed and left nothing', {}, 'E_BUNDLE_MISSING: openBundle: there is no model in jobs/'],
  ])('that %s is told with its reason', async (_, detail, reason) => {
    const rig = await promotionRig();
    const champion = await crown(rig.registry, rig.store, 60);
    await rig.handle(jobChanged(JOB, detail));
    const decision = await rig.decision(JOB);
    expect(decision).toMatchObject({ verdict: 'no model', dataset: DATASET });
    expect(decision!.reason).toContain(reason);
    expect(rig.published).toMatchObject([
      { 'detail-type': 'Model Refused', detail: { job: JOB, reason: decision!.reason } },
    ]);
    expect(await rig.current()).toBe(champion);
  });

  test.each<[string, ErrorCode, (rig: PromotionRig) => Promise<unknown>]>([
    [
      'with a changed file',
      'E_BUNDLE_TAMPERED',
      async (rig) => {
        await rig.leaveModel(JOB, vocabularyTagger(knowing(80)));
        await rig.store.put(`jobs/${JOB}/output/model/features.json`, Buffer.from('{}'));
      },
    ],
    [
      'of another program',
      'E_BUNDLE_FOREIGN',
      (rig) => rig.store.put(`jobs/${JOB}/output/model/manifest.json`, Buffer.from('{}')),
    ],
    [
      'whose graph is none',
      'E_GRAPH_UNSAFE',
      (rig) => {
        const { files, manifest } = vocabularyTagger(knowing(80));
        return rig.leaveModel(JOB, { files: { ...files, 'onnx/model.onnx': Buffer.from('no graph') }, manifest });
      },
    ],
    [
      'that does not find what its exporter found',
      'E_MODEL_GOLDEN',
      (rig) => {
        const golden = [{ text: 'nobody', entities: [{ type: 'person', start: 0, end: 6 }] }];
        return rig.leaveModel(JOB, vocabularyTagger(knowing(80), { golden }));
      },
    ],
  ])('that left one %s: it is refused with %s, and is neither published nor signed', async (_, code, leave) => {
    const rig = await promotionRig();
    await leave(rig);
    await rig.handle(jobChanged(JOB));
    const decision = await rig.decision(JOB);
    expect(decision).toMatchObject({ verdict: 'refused' });
    expect(decision!.reason.startsWith(`${code}: `)).toBe(true);
    // Golden texts may be tweets.
    expect(JSON.stringify([decision, rig.published])).not.toContain('nobody');
    expect(await rig.registry.list()).toEqual({ models: [], damaged: [] });
    expect((await keysOf(rig.store)).filter((key) => key.startsWith('signatures/'))).toEqual([]);
  });

  test('is one whose model no test set can measure', async () => {
    const rig = await promotionRig();
    await rig.leaveModel(JOB, vocabularyTagger(knowing(80)));
    await rig.handle(jobChanged(JOB, { HyperParameters: { tagwright_dataset: `others/${DATASET.version}` } }));
    expect(await rig.decision(JOB)).toMatchObject({
      verdict: 'refused',
      reason: 'there is no frozen test set of others to measure it on',
    });
    expect(await rig.current()).toBeUndefined();
  });
});

describe('events', () => {
  test.each<[string, Partial<TrainingJobChanged['detail']>]>([
    ['a job that goes on', { TrainingJobStatus: 'InProgress', SecondaryStatus: 'Training' }],
    ['a job that is being stopped', { TrainingJobStatus: 'Stopping' }],
    ['a job without hyperparameters', { HyperParameters: undefined }],
    ['a job of others', { HyperParameters: { epochs: '3' } }],
    ['a job for something that is no dataset', { HyperParameters: { tagwright_dataset: '../models/x' } }],
    ['a job whose dataset has too many parts', { HyperParameters: { tagwright_dataset: `a/${DATASET.version}/b` } }],
    ['a job whose name leads elsewhere', { TrainingJobName: '../../models' }],
  ])('of %s are passed over', async (_, detail) => {
    const rig = await promotionRig();
    const before = await keysOf(rig.store);
    await rig.handle(jobChanged(JOB, detail));
    expect([rig.published, await keysOf(rig.store)]).toEqual([[], before]);
  });

  test('of one job lead to the same decision in any order and number', async () => {
    const changes: readonly Partial<TrainingJobChanged['detail']>[] = [
      { TrainingJobStatus: 'InProgress', SecondaryStatus: 'Starting' },
      { TrainingJobStatus: 'InProgress', SecondaryStatus: 'Training' },
      {},
    ];
    const order = fc
      .array(fc.constantFrom(...changes), { maxLength: 6 })
      .chain((some) => fc.shuffledSubarray([...some, {}], { minLength: some.length + 1 }));
    await fc.assert(
      fc.asyncProperty(order, async (events) => {
        const rig = await promotionRig();
        const champion = await crown(rig.registry, rig.store, 60);
        const id = await rig.leaveModel(JOB, vocabularyTagger(knowing(90)));
        for (const detail of events) await rig.handle(jobChanged(JOB, detail));
        expect(await rig.decision(JOB)).toMatchObject({ verdict: 'promoted', modelId: id, champion });
        expect(new Set(rig.published.map((event) => JSON.stringify(event))).size).toBe(1);
        expect((await rig.registry.current())?.pointer).toMatchObject({ modelId: id, previous: champion });
      }),
      { numRuns: 5 },
    );
  });

  test('that come late do not bring a model back that was replaced or rolled back since', async () => {
    const rig = await promotionRig();
    const first = await rig.leaveModel('job-1', vocabularyTagger(knowing(60)));
    const second = await rig.leaveModel('job-2', vocabularyTagger(knowing(80)));
    await rig.handle(jobChanged('job-1'));
    await rig.handle(jobChanged('job-2'));
    await rig.handle(jobChanged('job-1'));
    expect(await rig.current()).toBe(second);
    await rig.registry.rollback();
    await rig.handle(jobChanged('job-2'));
    expect(await rig.current()).toBe(first);
  });

  test('of a job that was decided are told again as copies, with the first reason', async () => {
    const rig = await promotionRig();
    await rig.handle(jobChanged(JOB, { TrainingJobStatus: 'Stopped' }));
    await rig.leaveModel(JOB, vocabularyTagger(knowing(80)));
    await rig.handle(jobChanged(JOB));
    expect(await rig.decision(JOB)).toMatchObject({ verdict: 'no model' });
    expect(rig.published.length).toBe(2);
    expect(rig.published[1]).toEqual(rig.published[0]);
  });
});

describe('a process that dies', () => {
  test.each([
    ['is promoted', 80, 'promoted'],
    ['is refused', 40, 'refused'],
  ])(
    'leads to the same end when the event comes again: a model that %s',
    async (_, names, verdict) => {
      for (let step = 0; ; step++) {
        const rig = await promotionRig();
        const champion = await crown(rig.registry, rig.store, 60);
        const id = await rig.leaveModel(JOB, vocabularyTagger(knowing(names)));
        const died = await rig.handle(jobChanged(JOB), rig.on(dyingStore(rig.store, step))).then(
          () => false,
          (error: unknown) => error instanceof Died,
        );
        await rig.handle(jobChanged(JOB));
        const expected = verdict === 'promoted' ? id : champion;
        expect([await rig.current(), await rig.decision(JOB)]).toMatchObject([
          expected,
          { verdict, modelId: id, champion, comparison: { championF1: F1_OF_60 } },
        ]);
        expect(new Set(rig.published.map((event) => JSON.stringify(event))).size).toBe(1);
        if (!died) break;
        expect(step).toBeLessThan(60);
      }
    },
    60_000,
  );

  test('after it made the model current, and another took its place before the event came again', async () => {
    const rig = await promotionRig();
    const id = await rig.leaveModel('job-1', vocabularyTagger(knowing(60)));
    await rig.handle(jobChanged('job-1'));
    await rig.store.delete('decisions/job-1.json');
    const second = await rig.leaveModel('job-2', vocabularyTagger(knowing(80)));
    await rig.handle(jobChanged('job-2'));
    await rig.handle(jobChanged('job-1'));
    expect(await rig.current()).toBe(second);
    expect(await rig.decision('job-1')).toMatchObject({
      verdict: 'promoted',
      modelId: id,
      reason: `it was current until ${second} took its place`,
    });
  });
});

describe('two jobs that end at once', () => {
  test('have one winner, and the other is measured against it', async () => {
    const rig = await promotionRig();
    await crown(rig.registry, rig.store, 50);
    const better = await rig.leaveModel('job-better', vocabularyTagger(knowing(90)));
    const good = await rig.leaveModel('job-good', vocabularyTagger(knowing(70)));
    await Promise.all([rig.handle(jobChanged('job-good')), rig.handle(jobChanged('job-better'))]);
    expect(await rig.current()).toBe(better);
    const decisions = [await rig.decision('job-better'), await rig.decision('job-good')];
    expect(decisions[0]).toMatchObject({ verdict: 'promoted' });
    // Whichever was first: the good one was promoted and then beaten, or refused by the better one.
    const [overBetter, overOld] = [
      { verdict: 'refused', champion: better },
      { verdict: 'promoted', modelId: good },
    ];
    expect(
      [overBetter, overOld].some((possible) =>
        Object.entries(possible).every(([key, value]) => decisions[1]![key as 'verdict'] === value),
      ),
    ).toBe(true);
  });

  test('the pointer moves between measuring and promoting: the new champion has to be beaten', async () => {
    const rig = await promotionRig();
    await crown(rig.registry, rig.store, 50);
    const rival = await rig.leaveModel('job-rival', vocabularyTagger(knowing(90)));
    await rig.leaveModel(JOB, vocabularyTagger(knowing(70)));
    let moved = 0;
    const registry: typeof rig.registry = {
      ...rig.registry,
      promote: async (id, options) => {
        if (moved++ === 0) await rig.handle(jobChanged('job-rival'));
        return rig.registry.promote(id, options);
      },
    };
    await rig.handle(jobChanged(JOB), { registry });
    expect(await rig.current()).toBe(rival);
    expect(await rig.decision(JOB)).toMatchObject({ verdict: 'refused', champion: rival });
  });

  test('fails with E_STORE_CONFLICT when the pointer moves at every try, and decides nothing', async () => {
    const rig = await promotionRig();
    await crown(rig.registry, rig.store, 50);
    await rig.leaveModel(JOB, vocabularyTagger(knowing(70)));
    let tries = 0;
    const registry: typeof rig.registry = {
      ...rig.registry,
      promote: async () => {
        tries++;
        throw new NerError('E_STORE_CONFLICT', 'promote: another was faster.');
      },
    };
    await expect(rig.handle(jobChanged(JOB), { registry })).rejects.toMatchObject({ code: 'E_STORE_CONFLICT' });
    expect([tries, await rig.decision(JOB), rig.published]).toEqual([5, undefined, []]);
  });
});

test('fails with E_RESULT_DAMAGED when the test set is not the one that was frozen, and decides nothing', async () => {
  const rig = await promotionRig();
  await rig.leaveModel(JOB, vocabularyTagger(knowing(70)));
  const { key } = await writeFrozenTest(rig.store, DATASET.name, NAMES);
  await rig.store.put(key, Buffer.from('Name1\tB-person\n'));
  await expect(rig.handle(jobChanged(JOB))).rejects.toMatchObject({ code: 'E_RESULT_DAMAGED' });
  expect([await rig.decision(JOB), await rig.current()]).toEqual([undefined, undefined]);
});

test('fails with E_RESULT_DAMAGED when the decision about the job cannot be read', async () => {
  const rig = await promotionRig();
  await rig.store.put(`decisions/${JOB}.json`, Buffer.from('{'));
  await expect(rig.handle(jobChanged(JOB))).rejects.toMatchObject({ code: 'E_RESULT_DAMAGED' });
});
