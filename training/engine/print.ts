import { isFloat, isGraph, type Attribute, type Constant, type Graph, type TensorType, type Value } from './ir.ts';
import { fromConstantData } from './nd-array.ts';

/** Longest constant that is printed in place, in elements. */
const INLINE_ELEMENTS = 8;

/**
 * A graph as text, for snapshots and for reading. Values are named a, b, ..., z, aa, ... in order; inputs keep their
 * names; small constants stand where they are used.
 *
 * ```
 * { lambda x:float32[B,3] .
 *   let a:float32[B,3] = Mul x 2
 *   in ( y=a ) }
 * ```
 */
export function print(graph: Graph): string {
  return printGraph(graph, '');
}

function printGraph(graph: Graph, indent: string): string {
  const names = new Map<Value, string>();
  const taken = new Set(graph.inputs.map((input) => input.name));
  let counter = 0;
  const fresh = (): string => {
    let name = letters(counter++);
    while (taken.has(name)) name = letters(counter++);
    return name;
  };
  for (const [i, input] of graph.inputs.entries()) {
    const unique = input.name !== undefined && graph.inputs.findIndex((other) => other.name === input.name) === i;
    names.set(input, unique ? input.name : fresh());
  }
  const lines: string[] = [];
  for (const constant of graph.constants) {
    if (constant.data.length <= INLINE_ELEMENTS && constant.value.type.shape.length <= 1) {
      names.set(constant.value, literal(constant));
    } else {
      names.set(constant.value, fresh());
      lines.push(`${names.get(constant.value)!}:${typeText(constant.value.type)} = constant ${fingerprint(constant)}`);
    }
  }
  const nameOf = (value: Value | undefined): string => (value === undefined ? '_' : (names.get(value) ?? '?'));
  for (const node of graph.nodes) {
    for (const output of node.outputs) names.set(output, fresh());
    const outputs = node.outputs.map((output) => `${nameOf(output)}:${typeText(output.type)}`).join(' ');
    const inputs = node.inputs.map((input) => ` ${nameOf(input)}`).join('');
    lines.push(`${outputs} = ${node.op}${inputs}${attributesText(node.attributes, `${indent}      `)}`);
  }
  const inputs = graph.inputs.map((input) => `${nameOf(input)}:${typeText(input.type)} `).join('');
  const outputs = graph.outputs.map(({ name, value }) => `${name}=${nameOf(value)}`).join(' ');
  const body = lines.length === 0 ? '' : `${indent}  let ${lines.join(`\n${indent}      `)}\n`;
  return `{ lambda ${inputs}.\n${body}${indent}  in ( ${outputs} ) }`;
}

function attributesText(attributes: Readonly<Record<string, Attribute>>, indent: string): string {
  const parts = Object.entries(attributes).map(([name, attribute]) => {
    if (isGraph(attribute)) return `${name}=${printGraph(attribute, indent)}`;
    return `${name}=${Array.isArray(attribute) ? `[${attribute.join(',')}]` : String(attribute)}`;
  });
  return parts.length === 0 ? '' : ` { ${parts.join(' ')} }`;
}

function typeText({ dtype, shape }: TensorType): string {
  return `${dtype}[${shape.join(',')}]`;
}

/** A scalar as a number, a vector in brackets; integers and floats differ in the type of what they are used for. */
function literal({ value, data }: Constant): string {
  const numbers = Array.from(fromConstantData(data), String);
  const text = isFloat(value.type) ? numbers.map((x) => (/^-?\d+$/.test(x) ? `${x}.0` : x)) : numbers;
  return value.type.shape.length === 0 ? text[0]! : `[${text.join(',')}]`;
}

/** FNV-1a, 32 bits, over the bytes: tells two big constants apart. */
function fingerprint({ data }: Constant): string {
  let hash = 0x811c9dc5;
  for (const byte of new Uint8Array(data.buffer, data.byteOffset, data.byteLength)) {
    hash = Math.imul(hash ^ byte, 0x01000193);
  }
  return `#${(hash >>> 0).toString(16).padStart(8, '0')}`;
}

/** a, b, ..., z, aa, ab, ... */
function letters(index: number): string {
  let text = '';
  for (let rest = index; rest >= 0; rest = Math.floor(rest / 26) - 1) {
    text = String.fromCharCode(97 + (rest % 26)) + text;
  }
  return text;
}
