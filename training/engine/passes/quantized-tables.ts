import { makeNode, makeValue, type Node, type TensorType, type Value } from '../ir.ts';
import { rewrite, type View } from './rewrite.ts';
import { withoutUnread, type Program } from './weight-products.ts';

/** The greatest number of eight bits with its negative. */
const MOST = 127;

/**
 * The same program with its tables of at least so many numbers in signed eight bits, with a scale for each row: an embedding
 * is a row of integers times its scale. A quarter of the bytes to store, read and verify.
 */
export function quantizeTables(program: Program, leastElements: number): Program {
  const integers = new Map<Value, ByteRows>();
  const graph = rewrite(
    program.graph,
    (node, view) => {
      const table = node.inputs[0];
      const data = node.op === 'Gather' && node.attributes['axis'] === 0 && program.weights[table!.name ?? ''];
      if (!data || data.length < leastElements || table!.type.shape.length !== 2) return undefined;
      const shape = table!.type.shape as readonly [number, number];
      const known = integers.get(table!) ?? rowsOfEightBits(data, shape, view);
      integers.set(table!, known);
      return scaledRows(node, known, view);
    },
    { body: (body) => body },
  );
  return withoutUnread({ graph, weights: program.weights });
}

interface ByteRows {
  /** int8 [rows, width] */
  readonly values: Value;
  /** [rows, 1] */
  readonly scales: Value;
}

function rowsOfEightBits(
  data: Float32Array,
  [rows, width]: readonly [rows: number, width: number],
  view: View,
): ByteRows {
  const scales = new Float32Array(rows);
  data.forEach((x, i) => {
    const row = Math.floor(i / width);
    scales[row] = Math.max(scales[row]!, Math.abs(x) / MOST);
  });
  // A row of zeros has no greatest number; any scale does.
  const values = Int8Array.from(data, (x, i) => Math.round(x / (scales[Math.floor(i / width)]! || 1)));
  return {
    values: view.addConstant('int8', [rows, width], values),
    scales: view.addConstant('float32', [rows, 1], scales),
  };
}

function scaledRows(node: Node, { values, scales }: ByteRows, view: View): Node {
  const [, ids] = node.inputs as readonly [Value, Value];
  const { shape } = node.outputs[0]!.type;
  const insert = (made: Omit<Node, 'outputs'>, type: TensorType): Value => {
    const output = makeValue(type);
    view.insert(makeNode({ ...made, outputs: [output] }));
    return output;
  };
  const row = { op: 'Gather', attributes: { axis: 0 } } as const;
  const integers = insert({ ...row, inputs: [values, ids] }, { dtype: 'int8', shape });
  const cast = { op: 'Cast', attributes: { to: 'float32' } } as const;
  const floats = insert({ ...cast, inputs: [integers] }, { dtype: 'float32', shape });
  const scale = insert({ ...row, inputs: [scales, ids] }, { dtype: 'float32', shape: [...shape.slice(0, -1), 1] });
  return makeNode({ op: 'Mul', inputs: [floats, scale], outputs: node.outputs, attributes: {} });
}
