import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRng } from '../../../shared/random.ts';
import {
  float32,
  gradientGraph,
  gradients,
  int32,
  interpret,
  mul,
  ndArray,
  optimize,
  scan,
  sub,
  trace,
  type Graph,
  type NdArray,
  type Tensors,
} from '../../../training/engine/index.ts';
import { crfLoss, crfParameters } from '../../../training/heads/crf.ts';
import { expectClose } from '../../support/close.ts';
import { crfFeeds, enumeratedCrf, type CrfShape } from '../../support/crf-enumeration.ts';
import { runInOrt, type Feeds } from '../../support/engine.ts';
import { tolerance } from '../../support/tolerance.ts';

const PARAMETERS = ['crf.start', 'crf.end', 'crf.transitions'] as const;
const WRT = ['emissions', ...PARAMETERS] as const;
type Parameters = Readonly<Record<(typeof PARAMETERS)[number], NdArray>>;

function lossGraph(labels: number): Graph {
  const parameters = Object.fromEntries(crfParameters(labels).map(({ name, shape }) => [name, float32(...shape)]));
  const batch = { emissions: float32('B', 'T', labels), tags: int32('B', 'T'), mask: float32('B', 'T') };
  const graph = trace('crf', { ...parameters, ...batch }, (x) => ({
    loss: crfLoss(x, { emissions: x.emissions, tags: x.tags, mask: x.mask }),
  }));
  return gradientGraph(graph, { of: 'loss', wrt: WRT });
}

const graphs = new Map([1, 2, 3, 4].map((labels) => [labels, lossGraph(labels)]));

const cases: readonly (CrfShape & { readonly name: string })[] = [
  { name: 'one label', labels: 1, time: 2, lengths: [1, 2] },
  { name: 'one word a row', labels: 3, time: 2, lengths: [1, 1] },
  { name: 'a batch of padding only', labels: 2, time: 2, lengths: [0, 0] },
  { name: 'full rows', labels: 4, time: 4, lengths: [4, 4] },
  { name: 'rows of every length, none included', labels: 3, time: 4, lengths: [0, 1, 2, 3, 4, 0] },
];

function expectEnumerated(
  actual: Readonly<Record<string, NdArray>>,
  expected: ReturnType<typeof enumeratedCrf>,
  within: { readonly rtol: number; readonly atol: number },
): void {
  for (const [name, values] of Object.entries(expected)) expectClose(actual[name]!.data, values, within);
}

describe('crfLoss', () => {
  test.each(cases)('is what all paths say, and so is its gradient ($name)', (shape) => {
    const feeds = crfFeeds(createRng(1, shape.name), shape);
    const found = interpret(graphs.get(shape.labels)!, feeds);
    expectEnumerated(found, enumeratedCrf(feeds, shape), tolerance.exactFloat64);
  });

  test('is what all paths say, whatever the batch', () => {
    const shapes = fc.integer({ min: 2, max: 4 }).chain((time) =>
      fc.record({
        labels: fc.integer({ min: 1, max: 4 }),
        time: fc.constant(time),
        lengths: fc.array(fc.integer({ min: 0, max: time }), { minLength: 1, maxLength: 3 }),
      }),
    );
    fc.assert(
      fc.property(shapes, fc.integer(), (shape, seed) => {
        const feeds = crfFeeds(createRng(seed), shape);
        const found = interpret(graphs.get(shape.labels)!, feeds);
        expectEnumerated(found, enumeratedCrf(feeds, shape), tolerance.exactFloat64);
      }),
      { seed: 5, numRuns: 40 },
    );
  });

  test.each(cases)('is the same in onnxruntime ($name)', async (shape) => {
    const feeds = crfFeeds(createRng(1, shape.name), shape);
    const found = await runInOrt(optimize(graphs.get(shape.labels)!), feeds, 'all');
    expectEnumerated(found, enumeratedCrf(feeds, shape), tolerance.modelFloat32);
  });

  test('is nothing for padding: no loss, no gradient, not even a small one', () => {
    const shape = { labels: 3, time: 4, lengths: [0, 2] };
    const found = interpret(graphs.get(3)!, crfFeeds(createRng(2), shape));
    const slope = found['d_emissions']!.data;
    expect([...slope.subarray(0, 12)].every((d) => d === 0)).toBe(true);
    expect([...slope.subarray(18)].every((d) => d === 0)).toBe(true);
  });

  test('stays right in float32 for emissions of plus and minus fifty and more', async () => {
    const shape = { labels: 4, time: 4, lengths: [4, 3, 1] };
    const feeds = crfFeeds(createRng(4), shape, 50);
    expect(Math.max(...feeds['emissions']!.data)).toBeGreaterThan(50);
    expect(Math.min(...feeds['emissions']!.data)).toBeLessThan(-50);
    const found = await runInOrt(graphs.get(4)!, feeds);
    expectEnumerated(found, enumeratedCrf(feeds, shape), tolerance.modelFloat32);
  });
});

describe('crfLoss inside a scan over steps', () => {
  const labels = 3;
  const shape: CrfShape = { labels, time: 4, lengths: [4, 2, 0] };
  const RATE = 0.125;
  const steps = [1, 2, 3].map((seed) => crfFeeds(createRng(seed, 'step'), shape));
  const initial = steps[0]! as unknown as Parameters;

  const graph = trace(
    'descent',
    {
      ...Object.fromEntries(crfParameters(labels).map(({ name, shape: dims }) => [name, float32(...dims)])),
      emissions: float32('K', 'B', 'T', labels),
      tags: int32('K', 'B', 'T'),
      mask: float32('K', 'B', 'T'),
    },
    (x: Tensors) => {
      const own = { 'crf.start': x['crf.start']!, 'crf.end': x['crf.end']!, 'crf.transitions': x['crf.transitions']! };
      const batches = { emissions: x['emissions']!, tags: x['tags']!, mask: x['mask']! };
      const { states, outputs } = scan({ states: own, inputs: batches }, (p, batch) => {
        const loss = crfLoss(p, batch);
        const d = gradients(loss, p);
        const moved = PARAMETERS.map((name) => [name, sub(p[name], mul(d[name], RATE))]);
        return { states: Object.fromEntries(moved) as typeof p, outputs: { loss } };
      });
      return { ...Object.fromEntries(PARAMETERS.map((name) => [`next.${name}`, states[name]])), ...outputs };
    },
  );

  /** Gradient descent with the enumerated gradient. */
  function descend(): { readonly losses: readonly number[]; readonly parameters: Parameters } {
    let parameters = initial;
    const losses = steps.map((step) => {
      const found = enumeratedCrf({ ...step, ...parameters }, shape);
      const moved = PARAMETERS.map((name) => {
        const { data } = parameters[name];
        return [name, { ...parameters[name], data: data.map((x, i) => x - RATE * found[`d_${name}`][i]!) }];
      });
      parameters = Object.fromEntries(moved) as Parameters;
      return found.loss[0]!;
    });
    return { losses, parameters };
  }

  const stacked = (name: string): NdArray => {
    const { dtype, shape: dims } = steps[0]![name]!;
    const data = steps.flatMap((step) => [...step[name]!.data]);
    return ndArray(dtype, [steps.length, ...dims], data);
  };
  const feeds: Feeds = {
    ...initial,
    emissions: stacked('emissions'),
    tags: stacked('tags'),
    mask: stacked('mask'),
  };

  test('descends as the definition does', () => {
    const { losses, parameters } = descend();
    const found = interpret(graph, feeds);
    expectClose(found['loss']!.data, losses, tolerance.exactFloat64);
    for (const name of PARAMETERS) {
      expectClose(found[`next.${name}`]!.data, parameters[name].data, tolerance.exactFloat64);
    }
  });

  test('descends so in onnxruntime, too', async () => {
    const { losses, parameters } = descend();
    const found = await runInOrt(optimize(graph), feeds, 'all');
    expectClose(found['loss']!.data, losses, tolerance.modelFloat32);
    for (const name of PARAMETERS) {
      expectClose(found[`next.${name}`]!.data, parameters[name].data, tolerance.modelFloat32);
    }
  });
});
