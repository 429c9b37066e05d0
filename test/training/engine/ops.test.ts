import { describe, expect, test } from 'vitest';
import { createRng } from '../../../shared/random.ts';
import { backward } from '../../../training/engine/grad.ts';
import { interpret } from '../../../training/engine/interpret.ts';
import { isFloat, type Graph, type TensorType, type Value } from '../../../training/engine/ir.ts';
import { ndArray } from '../../../training/engine/nd-array.ts';
import { opDef, ops, type OpName } from '../../../training/engine/ops/index.ts';
import { innermost } from '../../../training/engine/scope-stack.ts';
import { tensorOf, trace, type Tensors } from '../../../training/engine/trace.ts';
import { verify } from '../../../training/engine/verify.ts';
import { expectClose } from '../../support/close.ts';
import { randomArray, runInOrt, shapeOfType, slopes, type Feeds } from '../../support/engine.ts';
import { opCases, type OpCase } from '../../support/op-cases.ts';
import { tolerance } from '../../support/tolerance.ts';

const rows = (Object.keys(opCases) as OpName[]).flatMap((op) =>
  (opCases[op] as readonly OpCase[]).map((opCase) => ({ op, opCase, title: `${op}: ${opCase.name}` })),
);
const differentiable = rows.filter(({ op }) => op === 'Scan' || opDef(op).vjp !== null);

function inputTypes({ inputs }: OpCase): Record<string, TensorType> {
  return Object.fromEntries(inputs.map(({ dtype, shape }, i) => [`x${i}`, { dtype, shape }]));
}

function asList(values: Value | readonly Value[]): readonly Value[] {
  return 'kind' in values ? [values] : values;
}

/** The op alone: outputs y0, y1, ... */
function forwardGraph(op: OpName, opCase: OpCase): Graph {
  return trace(op, inputTypes(opCase), (x) => outputsOf(opCase, x));
}

function outputsOf(opCase: OpCase, x: Tensors): Tensors {
  const scope = innermost('test');
  const values = asList(
    opCase.apply(
      scope.b,
      Object.values(x).map((tensor) => tensor.value),
    ),
  );
  return Object.fromEntries(values.map((value, i) => [`y${i}`, tensorOf(scope, value)]));
}

/** loss = the sum over float outputs of weights w_i times y_i, and d_x for every float input. */
function gradientGraphOf(op: OpName, opCase: OpCase): { readonly graph: Graph; readonly wrt: readonly string[] } {
  const forward = forwardGraph(op, opCase);
  const floats = forward.outputs.filter(({ value }) => isFloat(value.type));
  const weights = Object.fromEntries(
    floats.map(({ name, value }) => [`w_${name}`, { dtype: 'float32', shape: value.type.shape } as const]),
  );
  const types: Record<string, TensorType> = { ...inputTypes(opCase), ...weights };
  const wrt = Object.entries(inputTypes(opCase)).flatMap(([name, type]) => (isFloat(type) ? [name] : []));
  const graph = trace(op, types, (x) => {
    const scope = innermost('test');
    const { b } = scope;
    const inputs = Object.fromEntries(Object.keys(inputTypes(opCase)).map((name) => [name, x[name]!]));
    const outputs = outputsOf(opCase, inputs);
    const terms = floats.map(({ name }) => {
      const y = outputs[name]!.value;
      return b.ReduceSum(
        b.Mul(y, x[`w_${name}`]!.value),
        y.type.shape.map((_, axis) => axis),
        { keepdims: 0 },
      );
    });
    const loss = terms.reduce((sum, term) => b.Add(sum, term), b.scalar(0, { dtype: 'float32', shape: [] }));
    const values = wrt.map((name) => x[name]!.value);
    const found = backward(scope, new Map([[loss, b.full(1, 'float32', [])]]), values);
    const named = wrt.map((name, i) => [`d_${name}`, tensorOf(scope, found[i] ?? b.zerosLike(values[i]!))] as const);
    return { loss: tensorOf(scope, loss), ...Object.fromEntries(named) };
  });
  return { graph, wrt };
}

function feedsOf(op: OpName, opCase: OpCase, graph: Graph): Feeds {
  const rng = createRng(1, `${op}: ${opCase.name}`);
  const drawn = opCase.inputs.map(({ dtype, shape, draw }, i) => {
    const lengths = shapeOfType({ dtype, shape }, opCase.lengths ?? {});
    const count = lengths.reduce((a, b) => a * b, 1);
    const data = Float64Array.from({ length: count }, (_, at) => Math.fround(draw(rng, at)));
    return [`x${i}`, ndArray(dtype, lengths, data)] as const;
  });
  const weights = graph.inputs.flatMap((input) =>
    input.name!.startsWith('w_')
      ? [[input.name!, randomArray(rng, shapeOfType(input.type, opCase.lengths ?? {}))] as const]
      : [],
  );
  return Object.fromEntries([...drawn, ...weights]);
}

describe('each row of the op table', () => {
  test.each(rows)('is used by its case and verifies ($title)', ({ op, opCase }) => {
    const graph = verify(forwardGraph(op, opCase));
    expect(graph.nodes.map((node) => node.op)).toContain(op);
  });

  test.each(rows)('computes what it declares and what onnxruntime computes ($title)', async ({ op, opCase }) => {
    const graph = forwardGraph(op, opCase);
    const feeds = feedsOf(op, opCase, graph);
    const expected = interpret(graph, feeds);
    const actual = await runInOrt(graph, feeds);
    for (const { name, value } of graph.outputs) {
      const shape = shapeOfType(value.type, opCase.lengths ?? {});
      expect(expected[name]).toMatchObject({ dtype: value.type.dtype, shape });
      expect(actual[name]).toMatchObject({ dtype: value.type.dtype, shape });
      expectClose(actual[name]!.data, expected[name]!.data, tolerance.forwardFloat32);
    }
  });

  test.each(differentiable)('has the right derivative ($title)', ({ op, opCase }) => {
    const { graph, wrt } = gradientGraphOf(op, opCase);
    verify(graph);
    const { computed, measured } = slopes(graph, feedsOf(op, opCase, graph), wrt);
    expectClose([computed], [measured], tolerance.gradientFloat64);
  });

  test.each(differentiable)('has a derivative that onnxruntime computes alike ($title)', async ({ op, opCase }) => {
    const { graph } = gradientGraphOf(op, opCase);
    const feeds = feedsOf(op, opCase, graph);
    const expected = interpret(graph, feeds);
    const actual = await runInOrt(graph, feeds);
    for (const { name } of graph.outputs) expectClose(actual[name]!.data, expected[name]!.data, tolerance.modelFloat32);
  });

  test.each(Object.entries(ops))('has a gradient or says why not (%s)', (_, row) => {
    expect(row.vjp !== null || row.why.length > 10).toBe(true);
  });
});
