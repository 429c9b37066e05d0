import { bodiesOf, type Constant, type Graph, type Node, type Value } from '../ir.ts';
import { rewrite } from './rewrite.ts';

/** Constants up to this many elements are compared by element, longer ones by the identity of their array. */
const COMPARED_ELEMENTS = 64;

/** Computes equal expressions once: same op, same inputs, same attributes. Scans are left as they are. */
export function commonSubexpressions(graph: Graph): Graph {
  const ids = new Map<object, number>();
  const idOf = (x: object): number => {
    const id = ids.get(x) ?? ids.size;
    ids.set(x, id);
    return id;
  };
  const seen = new Map<string, readonly Value[]>();
  const first = (key: string, values: readonly Value[]): readonly Value[] | undefined => {
    const known = seen.get(key);
    if (known === undefined) seen.set(key, values);
    return known;
  };
  const rule = (node: Node): readonly Value[] | undefined => {
    if (bodiesOf(node).length > 0) return undefined;
    const inputs = node.inputs.map((input) => (input === undefined ? '_' : idOf(input)));
    return first(`${node.op}(${inputs.join()})${JSON.stringify(node.attributes)}`, node.outputs);
  };
  const constant = ({ value, data }: Constant): Value | undefined => {
    const content = data.length <= COMPARED_ELEMENTS ? bytesOf(data) : `#${idOf(data)}`;
    return first(`${value.type.dtype}[${value.type.shape.join()}]${content}`, [value])?.[0];
  };
  return rewrite(graph, rule, { body: commonSubexpressions, constant });
}

/** By bytes, so that -0 and NaN keep their bits. */
function bytesOf(data: Constant['data']): string {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength).join();
}
