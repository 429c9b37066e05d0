import * as onnx from 'onnx-buf';
import { cudaKernels, qualifiedOp } from './kernels.ts';

/** A node with the element types of its operands and the bodies among its attributes. */
export interface TypedNode {
  /** The operator as the table of kernels spells it. */
  readonly op: string;
  readonly name: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly bodies: readonly TypedGraph[];
}

/** A graph of an ONNX model, or a body in it, with what is known of its values. */
export interface TypedGraph {
  /** 'graph', or where the body stands: 'graph/Scan 3'. */
  readonly path: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Constants by name, with the number of their elements. */
  readonly constants: ReadonlyMap<string, number>;
  readonly nodes: readonly TypedNode[];
  /** Element types by name, those of enclosing graphs included. */
  readonly types: ReadonlyMap<string, string>;
}

const TYPE_NAMES: Readonly<Record<number, string>> = {
  [onnx.TensorProto_DataType.FLOAT]: 'float32',
  [onnx.TensorProto_DataType.DOUBLE]: 'float64',
  [onnx.TensorProto_DataType.FLOAT16]: 'float16',
  [onnx.TensorProto_DataType.BFLOAT16]: 'bfloat16',
  [onnx.TensorProto_DataType.INT8]: 'int8',
  [onnx.TensorProto_DataType.INT32]: 'int32',
  [onnx.TensorProto_DataType.INT64]: 'int64',
  [onnx.TensorProto_DataType.UINT8]: 'uint8',
  [onnx.TensorProto_DataType.BOOL]: 'bool',
};

/** The model's graph, typed: names of types come from the declarations, and from the operators' constraints after that. */
export function typedGraph(model: onnx.ModelProto): TypedGraph {
  return typed(model.graph!, 'graph', new Map());
}

function typed(graph: onnx.GraphProto, path: string, outer: ReadonlyMap<string, string>): TypedGraph {
  const types = new Map(outer);
  for (const { name, type } of [...graph.input, ...graph.output, ...graph.valueInfo]) {
    if (type?.value.case === 'tensorType') types.set(name, typeName(type.value.value.elemType));
  }
  for (const { name, dataType } of graph.initializer) types.set(name, typeName(dataType));
  const nodes = graph.node.map((node, i): TypedNode => {
    const op = qualifiedOp(node.opType, node.domain);
    const bodies = node.attribute.flatMap(({ g }) => (g === undefined ? [] : [typed(g, `${path}/${op} ${i}`, types)]));
    node.output.forEach((name, place) => {
      if (name !== '') types.set(name, types.get(name) ?? outputType({ node, op, place, bodies, types }));
    });
    return { op, name: node.name, inputs: node.input, outputs: node.output, bodies };
  });
  return {
    path,
    inputs: graph.input.map(({ name }) => name),
    outputs: graph.output.map(({ name }) => name),
    constants: new Map(graph.initializer.map(({ name, dims }) => [name, Number(dims.reduce((a, b) => a * b, 1n))])),
    nodes,
    types,
  };
}

function typeName(code: number): string {
  const name = TYPE_NAMES[code];
  if (name === undefined) throw new Error(`element type ${code} has no name here`);
  return name;
}

interface OutputPlace {
  readonly node: onnx.NodeProto;
  readonly op: string;
  readonly place: number;
  readonly bodies: readonly TypedGraph[];
  readonly types: ReadonlyMap<string, string>;
}

function outputType({ node, op, place, bodies, types }: OutputPlace): string {
  const [body] = bodies;
  if (body !== undefined) return body.types.get(body.outputs[place]!)!;
  const attribute = (name: string): onnx.AttributeProto | undefined => node.attribute.find((one) => one.name === name);
  if (op === 'Cast') return typeName(Number(attribute('to')!.i));
  if (op === 'Constant' || op === 'ConstantOfShape') return typeName(attribute('value')?.t?.dataType ?? 1);
  const operands = cudaKernels.operands[op];
  // An operator that is not in the table has no kernel, which is reported; its outputs are taken to be like its inputs.
  const constraint = operands?.outputs[Math.min(place, operands.outputs.length - 1)] ?? operands?.inputs[0];
  const same = operands?.inputs.findIndex((name) => name === constraint) ?? 0;
  if (same >= 0) return types.get(node.input[same]!)!;
  // LayerNormalization's statistics: float32, as its attribute stash_type says unless it is written.
  return constraint === 'U' ? 'float32' : constraint!;
}
