import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { createRng } from '../../../shared/random.ts';
import {
  constant,
  float32,
  gradientGraph,
  int32,
  interpret,
  ndArray,
  optimize,
  trace,
  type Graph,
} from '../../../training/engine/index.ts';
import { crfLoss, crfParameters } from '../../../training/heads/crf.ts';
import { distillation, type DistillationOptions } from '../../../training/losses/distillation.ts';
import { expectClose } from '../../support/close.ts';
import { randomArray, runInOrt } from '../../support/engine.ts';
import { expectGradient, valueOf } from '../../support/layer-check.ts';
import { tolerance } from '../../support/tolerance.ts';

const golden = z
  .object({
    shape: z.tuple([z.number(), z.number(), z.number()]),
    ...{ emissions: numbers(), teacher: numbers(), tags: numbers(), mask: numbers() },
    cases: z.array(
      z.object({ temperature: z.number(), teacherShare: z.number(), loss: z.number(), gradient: numbers() }),
    ),
  })
  .parse(JSON.parse(readFileSync(new URL('../../golden/torch-distillation.json', import.meta.url), 'utf8')));

function numbers(): z.ZodArray<z.ZodNumber> {
  return z.array(z.number());
}

const [B, W, L] = golden.shape;
const feeds = {
  emissions: ndArray('float32', [B, W, L], golden.emissions),
  teacher: ndArray('float32', [B, W, L], golden.teacher),
  tags: ndArray('int32', [B, W], golden.tags),
  mask: ndArray('float32', [B, W], golden.mask),
};

function lossGraph(options: DistillationOptions): Graph {
  const scores = float32('B', 'W', L);
  const types = { emissions: scores, teacher: scores, tags: int32('B', 'W'), mask: float32('B', 'W') };
  const forward = trace('loss', types, ({ emissions, teacher, tags, mask }) => ({
    loss: distillation({}, { emissions, teacher, tags, mask }, options),
  }));
  return gradientGraph(forward, { of: 'loss', wrt: ['emissions'] });
}

describe.each(golden.cases)('distillation at temperature $temperature, share $teacherShare', (known) => {
  const { temperature, teacherShare } = known;
  const graph = lossGraph({ temperature, teacherShare, labels: 'cross-entropy' });

  test('is what torch makes of KLDivLoss and cross-entropy, and so is its gradient', () => {
    const found = interpret(graph, feeds);
    // Constants of a graph are float32, 1 / 3 among them.
    expectClose(found['loss']!.data, [known.loss], tolerance.carefulFloat32);
    expectClose(found['d_emissions']!.data, known.gradient, tolerance.carefulFloat32);
  });

  test('is the same in onnxruntime', async () => {
    const found = await runInOrt(optimize(graph), feeds, 'all');
    expectClose(found['loss']!.data, [known.loss], tolerance.modelFloat32);
    expectClose(found['d_emissions']!.data, known.gradient, tolerance.modelFloat32);
  });
});

describe('distillation', () => {
  const given = (name: 'teacher' | 'mask'): ReturnType<typeof constant> =>
    constant(float32(...feeds[name].shape), [...feeds[name].data]);
  const tags = (): ReturnType<typeof constant> => constant(int32(B, W), golden.tags);

  test.each(['cross-entropy', 'crf'] as const)('has the right gradient, with labels by %s', (labels) => {
    const rng = createRng(1, 'distillation');
    const crf = Object.fromEntries(crfParameters(L).map(({ name, shape }) => [name, randomArray(rng, shape)]));
    const parameters = labels === 'crf' ? { emissions: feeds.emissions, ...crf } : { emissions: feeds.emissions };
    expectGradient(parameters, (p) =>
      distillation(
        p,
        { emissions: p['emissions']!, teacher: given('teacher'), tags: tags(), mask: given('mask') },
        { temperature: 2, teacherShare: 0.5, labels },
      ),
    );
  });

  test('is 0 for a student that says what its teacher says', () => {
    const options = { temperature: 2, teacherShare: 1, labels: 'cross-entropy' } as const;
    const found = interpret(lossGraph(options), { ...feeds, teacher: feeds.emissions });
    expect(found['loss']!.data[0]).toBe(0);
  });

  test('with a CRF learns labelled sentences as sequences, and nothing of the others', () => {
    const rng = createRng(1, 'distillation');
    const crf = Object.fromEntries(crfParameters(L).map(({ name, shape }) => [name, randomArray(rng, shape)]));
    const options = { temperature: 1, teacherShare: 0, labels: 'crf' } as const;
    const batch = (p: Readonly<Record<string, ReturnType<typeof constant>>>): Parameters<typeof distillation>[1] => ({
      emissions: p['emissions']!,
      teacher: p['teacher']!,
      tags: p['tags']!,
      mask: p['mask']!,
    });
    const whole = valueOf({ ...feeds, ...crf }, (p) => distillation(p, batch(p), options));
    // The first sentence alone, over the five words of both.
    const first = { ...feeds, mask: ndArray('float32', [B, W], [1, 1, 1, 0, 0, 0]) };
    const labelled = valueOf({ ...first, ...crf }, (p) => crfLoss(p, batch(p)));
    expectClose(whole.data, [labelled.data[0]! / 5], tolerance.exactFloat64);
  });
});
