import { describe, expect, test } from 'vitest';
import {
  makeGraph,
  makeNode,
  makeValue,
  type Constant,
  type Graph,
  type Node,
  type Value,
} from '../../../training/engine/ir.ts';
import { toOnnx } from '../../../training/engine/onnx.ts';
import { scan } from '../../../training/engine/scan.ts';
import { add, mul, reduceSum } from '../../../training/engine/tensor.ts';
import { float32, trace } from '../../../training/engine/trace.ts';
import { verify } from '../../../training/engine/verify.ts';
import { expectFails } from '../../support/expect-fails.ts';

/** y = x * 2 + x for x [B, 3]: one constant, two nodes. */
const sound = trace('sound', { x: float32('B', 3) }, ({ x }) => ({ y: add(mul(x, 2), x) }));
const [x] = sound.inputs as [Value];
const [two] = sound.constants as [Constant];
const [product, sum] = sound.nodes as [Node, Node];

const broken = (change: Partial<Graph>): Graph => makeGraph({ ...sound, ...change });

const cases: readonly (readonly [name: string, graph: Graph, message: string])[] = [
  ['a node comes before what it uses', broken({ nodes: [sum, product] }), 'uses a value that is not defined before it'],
  ['a constant is missing', broken({ constants: [] }), 'uses a value that is not defined before it'],
  ['a node is there twice', broken({ nodes: [product, product, sum] }), 'defines a value that is defined already'],
  ['an input is there twice', broken({ inputs: [x, x] }), 'defines a value that is defined already'],
  ['an output is not computed', broken({ nodes: [product] }), "output 'y' is a value that is not defined"],
  ['two outputs have one name', broken({ outputs: [...sound.outputs, ...sound.outputs] }), 'outputs have equal names'],
  ['an output has no name', broken({ outputs: [{ name: '', value: x }] }), 'outputs have empty names'],
  [
    'an op is unknown',
    broken({ nodes: [makeNode({ ...product, op: 'Frobnicate' as 'Mul' }), sum] }),
    'is no op of the table',
  ],
  ['an operand is missing', broken({ nodes: [makeNode({ ...product, inputs: [x] }), sum] }), 'wrong number of inputs'],
  [
    'there is an operand too many',
    broken({ nodes: [makeNode({ ...product, inputs: [x, x, x] }), sum] }),
    'wrong number of inputs',
  ],
  [
    'an attribute is unknown',
    broken({ nodes: [makeNode({ ...product, attributes: { axis: 1 } }), sum] }),
    "unknown attribute 'axis'",
  ],
  [
    'an attribute is missing',
    broken({ nodes: [makeNode({ ...product, op: 'Softmax', inputs: [x] }), sum] }),
    "attribute 'axis' is missing",
  ],
  [
    'an attribute is of another kind',
    broken({ nodes: [makeNode({ ...product, op: 'Softmax', inputs: [x], attributes: { axis: 0.5 } }), sum] }),
    "attribute 'axis' is not int",
  ],
  [
    'a node declares another shape',
    broken({
      nodes: [makeNode({ ...product, outputs: [makeValue(float32('B', 4))] })],
      outputs: [{ name: 'y', value: x }],
    }),
    'declares output 0 as float32[B, 4]; expected float32[B, 3]',
  ],
  [
    'a node has an output too many',
    broken({ nodes: [makeNode({ ...product, outputs: [...product.outputs, makeValue(float32())] }), sum] }),
    'has 2 outputs; expected 1',
  ],
  [
    'a constant has too few elements',
    broken({ constants: [{ ...two, data: new Float32Array(0) }] }),
    'a constant has 0 elements; expected 1',
  ],
  [
    'a constant is of another type than it says',
    broken({ constants: [{ ...two, data: new Int32Array(1) }] }),
    'a constant of float32 holds a Int32Array',
  ],
  [
    'a constant has a symbolic axis',
    broken({ constants: [two, { value: makeValue(float32('B')), data: new Float32Array(1) }] }),
    'a constant has symbolic axes',
  ],
  [
    'a constant is known to have other elements than it has',
    broken({
      constants: [two, { value: makeValue({ dtype: 'int64', shape: [1], value: [2] }), data: BigInt64Array.of(3n) }],
    }),
    "a constant's known elements are not its elements",
  ],
];

describe('verify', () => {
  test('returns a sound graph', () => {
    expect(verify(sound)).toBe(sound);
  });

  test.each(cases)('fails when %s', (_, graph, message) => {
    expectFails(() => verify(graph), 'E_GRAPH_INVALID', message);
  });

  test('looks into the bodies of scans', () => {
    const graph = trace('loop', { s: float32(), x: float32('T') }, ({ s, x: slices }) => {
      const { states } = scan({ states: { s }, inputs: { x: slices } }, (state, step) => ({
        states: { s: add(state.s, step.x) },
      }));
      return { s: states.s };
    });
    expect(verify(graph)).toBe(graph);
    const [loop] = graph.nodes as [Node];
    const body = loop.attributes['body'] as Graph;
    const hollow = makeNode({ ...loop, attributes: { ...loop.attributes, body: makeGraph({ ...body, nodes: [] }) } });
    expectFails(() => verify(makeGraph({ ...graph, nodes: [hollow] })), 'E_GRAPH_INVALID', "graph 'body'");
  });

  test('freezes what trace returns', () => {
    expect(Object.isFrozen(sound)).toBe(true);
    expect(Object.isFrozen(sound.nodes)).toBe(true);
    expect(Object.isFrozen(product.attributes)).toBe(true);
    expect(Object.isFrozen(x.type.shape)).toBe(true);
  });
});

describe('names of inputs', () => {
  test('fail when two inputs of a model have one name', () => {
    const graph = makeGraph({ ...sound, inputs: [x, makeValue(float32(), 'x')] });
    expectFails(() => toOnnx(graph), 'E_GRAPH_INVALID', 'inputs have equal names');
  });

  test('fail when an output is named like an input', () => {
    const graph = trace('same', { y: float32(2) }, ({ y }) => ({ y: reduceSum(y) }));
    expectFails(() => toOnnx(graph), 'E_GRAPH_INVALID', "'y' is an input and an output");
  });
});
