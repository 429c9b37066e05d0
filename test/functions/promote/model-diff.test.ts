import { describe, expect, test } from 'vitest';
import { diffModels } from '../../../functions/promote/model-diff.ts';
import { jobChanged, knowing, promotionRig } from '../../support/promotion-rig.ts';
import { vocabularyTagger } from '../../support/vocabulary-tagger.ts';

async function twoModels() {
  const rig = await promotionRig();
  const settings = (learningRate: number) => ({ train: { learningRate, epochs: 3 }, head: 'linear' });
  const a = await rig.leaveModel('job-a', vocabularyTagger(knowing(60), { recipe: settings(0.1) }));
  const b = await rig.leaveModel('job-b', vocabularyTagger(knowing(80), { recipe: settings(0.2), seed: 8 }));
  await rig.handle(jobChanged('job-a'));
  await rig.handle(jobChanged('job-b'), { approval: 'manual' });
  return { ...rig, a, b };
}

describe('diffModels', () => {
  test('gives what differs by its path, with how B does against A where both were measured', async () => {
    const { store, registry, a, b } = await twoModels();
    const diff = await diffModels({ store, registry }, [a, b]);
    expect(diff.differences).toEqual([
      { what: 'verdict', a: 'promoted', b: 'awaiting approval' },
      { what: 'size.bytes', a: expect.any(Number) as number, b: expect.any(Number) as number },
      { what: 'settings.train.learningRate', a: 0.1, b: 0.2 },
      { what: 'settings.seed', a: 7, b: 8 },
    ]);
    expect(diff.same).toBeGreaterThan(10);
    const [{ dataset, comparison }] = diff.tests as [(typeof diff.tests)[number]];
    expect([dataset, comparison.championF1, comparison.f1]).toEqual(['tweets', (2 * 0.6) / 1.6, (2 * 0.8) / 1.8]);
  });

  test('the other way round is the same with the sides changed', async () => {
    const { store, registry, a, b } = await twoModels();
    const [there, back] = [
      await diffModels({ store, registry }, [a, b]),
      await diffModels({ store, registry }, [b, a]),
    ];
    expect(back.differences).toEqual(there.differences.map((row) => ({ ...row, a: row.b, b: row.a })));
    expect(back.tests[0]!.comparison.difference).toBe(-there.tests[0]!.comparison.difference!);
  });

  test('of a model with itself is nothing', async () => {
    const { store, registry, a } = await twoModels();
    const { differences, tests } = await diffModels({ store, registry }, [a, a]);
    expect([differences, tests[0]!.comparison.difference]).toEqual([[], 0]);
  });

  test('fails with E_MODEL_UNKNOWN for one that is not published', async () => {
    const { store, registry, a } = await twoModels();
    const diff = diffModels({ store, registry }, [a, '0123456789abcdef']);
    await expect(diff).rejects.toMatchObject({ code: 'E_MODEL_UNKNOWN' });
  });
});
