import { create, toBinary } from '@bufbuild/protobuf';
import * as onnx from 'onnx-buf';
import { NerError } from '../../shared/ner-error.ts';
import type { Shape } from './dim.ts';
import {
  OPSET,
  type Attribute,
  type ConstantData,
  type DType,
  type Graph,
  type Node,
  type TensorType,
  type Value,
} from './ir.ts';
import { countOf, holds } from './nd-array.ts';
import type { AttributeKind } from './op-def.ts';
import { scanParts, type ScanAttributes } from './ops/control-flow.ts';
import { opDef } from './ops/index.ts';
import { verify, verifyNames } from './verify.ts';

/** The IR version that came with opset 20 (onnx 1.15). */
const IR_VERSION = 9n;

const ELEMENT_TYPES: Readonly<Record<DType, onnx.TensorProto_DataType>> = {
  float32: onnx.TensorProto_DataType.FLOAT,
  bfloat16: onnx.TensorProto_DataType.BFLOAT16,
  int32: onnx.TensorProto_DataType.INT32,
  int64: onnx.TensorProto_DataType.INT64,
  int8: onnx.TensorProto_DataType.INT8,
  uint8: onnx.TensorProto_DataType.UINT8,
  bool: onnx.TensorProto_DataType.BOOL,
};

export interface OnnxOptions {
  /**
   * Inputs to write into the file with these elements, as initializers, instead of leaving them to be fed: trained
   * parameters of a serving graph. The arrays are not copied before they are serialised.
   */
  readonly weights?: Readonly<Record<string, ConstantData>>;
}

/**
 * The graph as an ONNX model (opset 20, com.microsoft 1). Symbolic lengths become dimension parameters.
 *
 * @throws E_GRAPH_INVALID the graph breaks an invariant, or `weights` names no input
 * @throws E_SHAPE_MISMATCH, E_DTYPE_MISMATCH weights do not fill their input, or are of another type
 */
export function toOnnx(graph: Graph, { weights = {} }: OnnxOptions = {}): Uint8Array {
  verifyNames(verify(graph));
  const names = new Names();
  for (const input of graph.inputs) names.set(input, input.name ?? '');
  for (const { name } of graph.outputs) names.reserve(name);
  const unknown = Object.keys(weights).find((name) => !graph.inputs.some((input) => input.name === name));
  if (unknown !== undefined) {
    throw new NerError('E_GRAPH_INVALID', `toOnnx: weights for '${unknown}', which is no input of '${graph.name}'`);
  }
  const both = graph.outputs.find(({ name }) => graph.inputs.some((input) => input.name === name));
  if (both) {
    throw new NerError(
      'E_GRAPH_INVALID',
      `toOnnx: '${both.name}' is an input and an output of '${graph.name}'; expected different names. Rename the output, to 'new_${both.name}' say`,
    );
  }
  const body = lower(graph, names);
  const given = graph.inputs.filter((input) => Object.hasOwn(weights, input.name ?? ''));
  const model = create(onnx.ModelProtoSchema, {
    irVersion: IR_VERSION,
    producerName: 'tagwright',
    opsetImport: [
      { domain: '', version: BigInt(OPSET) },
      { domain: 'com.microsoft', version: 1n },
    ],
    graph: create(onnx.GraphProtoSchema, {
      ...body,
      input: graph.inputs
        .filter((input) => !given.includes(input))
        .map((input) => valueInfo(names.get(input), input.type)),
      initializer: [...given.map((input) => weightOf(input, weights[input.name!]!)), ...body.initializer],
    }),
  });
  return toBinary(onnx.ModelProtoSchema, model);
}

/** Names of values in the whole model: bodies see outer names, so no name is used twice. */
class Names {
  readonly #names = new Map<Value, string>();
  readonly #taken = new Set<string>();
  #counter = 0;

  get(value: Value | undefined): string {
    return value === undefined ? '' : this.#names.get(value)!;
  }

  set(value: Value, name: string): void {
    this.#names.set(value, name);
    this.#taken.add(name);
  }

  reserve(name: string): void {
    this.#taken.add(name);
  }

  fresh(): string {
    for (;;) {
      const name = `v${this.#counter++}`;
      if (!this.#taken.has(name)) return name;
    }
  }

  /** A value's name where it is made; graph outputs have theirs already. */
  define(value: Value): string {
    const name = this.#names.get(value) ?? this.fresh();
    this.#names.set(value, name);
    return name;
  }
}

interface Lowered {
  readonly name: string;
  readonly node: onnx.NodeProto[];
  readonly initializer: onnx.TensorProto[];
  readonly output: onnx.ValueInfoProto[];
}

function lower(graph: Graph, names: Names): Lowered {
  const produced = new Set(graph.nodes.flatMap((node) => node.outputs));
  const aliases: { readonly name: string; readonly value: Value }[] = [];
  const named = new Set<Value>();
  for (const output of graph.outputs) {
    // An output that is an input, a constant, or an output already gets a node of its own: ONNX wants one name each.
    if (!produced.has(output.value) || named.has(output.value)) aliases.push(output);
    else names.set(output.value, output.name);
    named.add(output.value);
  }
  const initializer = graph.constants.map(({ value, data }) => tensorProto(names.define(value), value.type, data));
  const used = usedValues(graph);
  const node = graph.nodes.map((one) => lowerNode(one, names, used));
  for (const { name, value } of aliases) node.push(nodeProto('Identity', [names.get(value)], [name]));
  const output = graph.outputs.map(({ name, value }) => valueInfo(name, value.type));
  return { name: graph.name, node, initializer, output };
}

function usedValues(graph: Graph): ReadonlySet<Value> {
  return new Set([
    ...graph.outputs.map(({ value }) => value),
    ...graph.nodes.flatMap((node) => node.inputs.filter((input) => input !== undefined)),
  ]);
}

function nodeProto(opType: string, input: string[], output: string[]): onnx.NodeProto {
  return create(onnx.NodeProtoSchema, { opType, name: output.find((name) => name !== '') ?? '', input, output });
}

function lowerNode(node: Node, names: Names, used: ReadonlySet<Value>): onnx.NodeProto {
  if (node.op === 'Scan') return lowerScan(node, names);
  const def = opDef(node.op);
  const outputs = [...node.outputs];
  while (outputs.length > (def.requiredOutputs ?? Infinity) && !used.has(outputs.at(-1)!)) outputs.pop();
  const proto = nodeProto(
    node.op,
    node.inputs.map((input) => names.get(input)),
    outputs.map((output) => names.define(output)),
  );
  proto.domain = def.domain ?? '';
  proto.attribute = Object.entries(node.attributes).map(([name, attribute]) =>
    attributeProto(name, def.attributes[name]!, attribute),
  );
  return proto;
}

/** Captured values become outer names; states, slices and outputs are formal parameters of the body. */
function lowerScan(node: Node, names: Names): onnx.NodeProto {
  const attributes = node.attributes as unknown as ScanAttributes;
  const { body, inputDirections, outputDirections } = attributes;
  const outer = scanParts(node.inputs as readonly Value[], attributes);
  const inner = scanParts(body.inputs, attributes);
  inner.captures.forEach((capture, i) => {
    names.set(capture, names.get(outer.captures[i]));
  });
  const formal = [...inner.states, ...inner.inputs];
  const input = formal.map((value) => valueInfo(names.define(value), value.type));
  const unique = { ...body, outputs: body.outputs.map(({ value }) => ({ name: names.fresh(), value })) };
  const lowered = lower(unique, names);
  const proto = nodeProto(
    'Scan',
    [...outer.states, ...outer.inputs].map((value) => names.get(value)),
    node.outputs.map((output) => names.define(output)),
  );
  proto.attribute = [
    create(onnx.AttributeProtoSchema, {
      name: 'body',
      type: onnx.AttributeProto_AttributeType.GRAPH,
      g: create(onnx.GraphProtoSchema, { ...lowered, input }),
    }),
    attributeProto('num_scan_inputs', 'int', inputDirections.length),
    attributeProto('scan_input_directions', 'ints', inputDirections),
    attributeProto('scan_output_directions', 'ints', outputDirections),
  ];
  return proto;
}

function attributeProto(name: string, kind: AttributeKind, attribute: Attribute): onnx.AttributeProto {
  const types = onnx.AttributeProto_AttributeType;
  switch (kind) {
    case 'int':
      return create(onnx.AttributeProtoSchema, { name, type: types.INT, i: BigInt(attribute as number) });
    case 'float':
      return create(onnx.AttributeProtoSchema, { name, type: types.FLOAT, f: attribute as number });
    case 'ints':
      return create(onnx.AttributeProtoSchema, {
        name,
        type: types.INTS,
        ints: (attribute as readonly number[]).map(BigInt),
      });
    case 'string':
      // The one attribute that names an element type is a number in ONNX.
      if (name === 'to')
        return create(onnx.AttributeProtoSchema, {
          name,
          type: types.INT,
          i: BigInt(ELEMENT_TYPES[attribute as DType]),
        });
      return create(onnx.AttributeProtoSchema, {
        name,
        type: types.STRING,
        s: new TextEncoder().encode(attribute as string),
      });
    case 'graph':
      throw new NerError('E_INTERNAL', `internal: attribute '${name}' is a graph outside of Scan. Please report this.`);
  }
}

function weightOf(input: Value, data: ConstantData): onnx.TensorProto {
  const { dtype, shape } = input.type;
  const name = input.name ?? '';
  if (!holds(dtype, data)) {
    throw new NerError(
      'E_DTYPE_MISMATCH',
      `toOnnx: weights of '${name}' are a ${data.constructor.name}; expected ${dtype}`,
    );
  }
  if (!shape.every((dim) => typeof dim === 'number') || countOf(shape) !== data.length) {
    throw new NerError(
      'E_SHAPE_MISMATCH',
      `toOnnx: weights do not fill '${name}', got ${data.length} elements; expected [${shape.join(', ')}]`,
    );
  }
  return tensorProto(name, input.type, data);
}

function tensorProto(name: string, type: TensorType, data: ConstantData): onnx.TensorProto {
  return create(onnx.TensorProtoSchema, {
    name,
    dims: (type.shape as readonly number[]).map(BigInt),
    dataType: ELEMENT_TYPES[type.dtype],
    rawData: new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength),
  });
}

function valueInfo(name: string, type: TensorType): onnx.ValueInfoProto {
  return create(onnx.ValueInfoProtoSchema, {
    name,
    type: {
      value: { case: 'tensorType', value: { elemType: ELEMENT_TYPES[type.dtype], shape: shapeProto(type.shape) } },
    },
  });
}

function shapeProto(shape: Shape): onnx.TensorShapeProto {
  return create(onnx.TensorShapeProtoSchema, {
    dim: shape.map((dim) =>
      typeof dim === 'number'
        ? { value: { case: 'dimValue', value: BigInt(dim) } as const }
        : { value: { case: 'dimParam', value: dim } as const },
    ),
  });
}
