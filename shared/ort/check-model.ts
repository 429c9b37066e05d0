import type { DescMessage } from '@bufbuild/protobuf';
import { fromBinary } from '@bufbuild/protobuf';
import { reflect } from '@bufbuild/protobuf/reflect';
import type { ReflectMessage } from '@bufbuild/protobuf/reflect';
import * as onnx from 'onnx-buf';
import { NerError } from '../ner-error.ts';

/** Bytes of the largest ONNX file there is: protobuf, and with it onnxruntime, takes no longer ones. */
export const MODEL_MAX_BYTES = 2 ** 31 - 1;

/** Sizes beyond which a graph is refused; above every model of ours, below what a machine cannot hold. */
export interface ModelLimits {
  /** Bytes of the whole file. Default: `MODEL_MAX_BYTES`. */
  readonly maxBytes?: number;
  /** Elements of one constant or declared value. Default 2^28, which is 1 GiB of float32. */
  readonly maxElements?: number;
  /** Nodes in all graphs together. Default 100,000. */
  readonly maxNodes?: number;
}

/** Operator sets of the standard domain that our exporter may write. onnxruntime 1.30 knows more; we test no more. */
const OPSETS: ReadonlyMap<string, readonly [number, number]> = new Map([
  ['', [13, 24]],
  ['ai.onnx', [13, 24]],
  ['com.microsoft', [1, 1]],
]);

/**
 * Operators of com.microsoft that compute and do nothing else. The domain also has operators that open files by a name
 * in the model (EPContext), so it is not let in as a whole.
 */
const MICROSOFT_OPERATORS = new Set([
  'Attention',
  'BiasGelu',
  'DynamicQuantizeLSTM',
  'DynamicQuantizeMatMul',
  'EmbedLayerNormalization',
  'FastGelu',
  'FusedConv',
  'FusedGemm',
  'FusedMatMul',
  'Gelu',
  'MatMulIntegerToFloat',
  'MatMulNBits',
  'MultiHeadAttention',
  'QAttention',
  'QuickGelu',
  'SkipLayerNormalization',
]);

/** Graphs within graphs (bodies of Scan, Loop, If). Ours nest twice at most. */
const MAX_GRAPH_DEPTH = 8;

/** Bytes an element of a type takes in `rawData`; types that are not listed may not use it. */
const RAW_BYTES: Readonly<Record<number, number>> = {
  [onnx.TensorProto_DataType.FLOAT]: 4,
  [onnx.TensorProto_DataType.DOUBLE]: 8,
  [onnx.TensorProto_DataType.FLOAT16]: 2,
  [onnx.TensorProto_DataType.BFLOAT16]: 2,
  [onnx.TensorProto_DataType.INT8]: 1,
  [onnx.TensorProto_DataType.INT16]: 2,
  [onnx.TensorProto_DataType.INT32]: 4,
  [onnx.TensorProto_DataType.INT64]: 8,
  [onnx.TensorProto_DataType.UINT8]: 1,
  [onnx.TensorProto_DataType.UINT16]: 2,
  [onnx.TensorProto_DataType.UINT32]: 4,
  [onnx.TensorProto_DataType.UINT64]: 8,
  [onnx.TensorProto_DataType.BOOL]: 1,
};

interface Walk {
  readonly limits: Required<ModelLimits>;
  nodes: number;
}

/**
 * Refuses an ONNX file that could do more than compute, before onnxruntime sees it: one that names files outside of
 * itself, in a tensor anywhere (CVE-2022-25882, CVE-2024-27318, CVE-2026-27489), uses operators or domains that we do
 * not know, is in onnxruntime's own format, or declares sizes that no model of ours has.
 *
 * @throws {E_GRAPH_UNSAFE} and says where and why
 */
export function checkModel(bytes: Uint8Array, limits: ModelLimits = {}): void {
  const walk: Walk = {
    limits: { maxBytes: MODEL_MAX_BYTES, maxElements: 2 ** 28, maxNodes: 100_000, ...limits },
    nodes: 0,
  };
  if (bytes.byteLength > walk.limits.maxBytes) {
    refuse('model', `it is too large, got ${bytes.byteLength} bytes; expected at most ${walk.limits.maxBytes}`);
  }
  // onnxruntime tells its own format, which this reader cannot check, by these four bytes at offset 4.
  if (Buffer.from(bytes.subarray(4, 8)).toString('latin1') === 'ORTM') {
    refuse('model', "it is in onnxruntime's own format (.ort); expected ONNX");
  }
  const model = parse(bytes);
  checkDomains(model);
  visit(reflect(onnx.ModelProtoSchema, model), { walk, path: 'model', depth: 0 });
  if (model.functions.length > 0) {
    refuse('model.functions', `it defines operators of its own, got ${model.functions[0]?.name ?? ''}`);
  }
  if (model.trainingInfo.length > 0) refuse('model.training_info', 'it holds training graphs; expected one graph');
}

function parse(bytes: Uint8Array): onnx.ModelProto {
  let model: onnx.ModelProto;
  try {
    model = fromBinary(onnx.ModelProtoSchema, bytes);
  } catch (error) {
    throw unsafe('model', `it is not an ONNX file (${error instanceof Error ? error.message : String(error)})`, error);
  }
  if (model.graph === undefined) refuse('model', 'it holds no graph');
  return model;
}

function checkDomains(model: onnx.ModelProto): void {
  for (const { domain, version } of model.opsetImport) {
    const known = OPSETS.get(domain);
    if (known === undefined) {
      refuse('model.opset_import', `unknown domain '${domain}'; expected '' or 'com.microsoft'`);
    }
    if (version < known[0] || version > known[1]) {
      refuse(
        'model.opset_import',
        `unknown version of '${domain}', got ${String(version)}; expected ${known[0]} to ${known[1]}`,
      );
    }
  }
}

interface Place {
  readonly walk: Walk;
  readonly path: string;
  readonly depth: number;
}

/** Looks at every message in the model, wherever it stands: a rule cannot be dodged by an unusual place. */
function visit(message: ReflectMessage, place: Place): void {
  const depth = place.depth + (message.desc === onnx.GraphProtoSchema ? 1 : 0);
  if (depth > MAX_GRAPH_DEPTH) refuse(place.path, `graphs nest deeper than ${MAX_GRAPH_DEPTH}`);
  checkMessage(message, place);
  for (const field of message.fields) {
    if (!message.isSet(field)) continue;
    const path = `${place.path}.${field.name}`;
    if (field.fieldKind === 'message') visit(message.get(field), { ...place, path, depth });
    if (field.fieldKind === 'list' && field.listKind === 'message') {
      let index = 0;
      for (const item of message.get(field))
        visit(item as ReflectMessage, { ...place, path: `${path}[${index++}]`, depth });
    }
  }
  // onnxruntime spreads them out when it loads, to shapes that no data in the file have to fill.
  if (is(message, onnx.SparseTensorProtoSchema))
    refuse(place.path, 'it is a sparse tensor, which no model of ours has');
}

function checkMessage(message: ReflectMessage, { walk, path }: Place): void {
  const unknown = message.getUnknown()?.[0];
  if (unknown !== undefined) refuse(path, `unknown field ${unknown.no} of ${message.desc.typeName}`);
  if (is(message, onnx.TensorProtoSchema)) checkTensor(message.message as onnx.TensorProto, path, walk.limits);
  if (is(message, onnx.NodeProtoSchema)) checkNode(message.message as onnx.NodeProto, path, walk);
  if (is(message, onnx.TensorShapeProtoSchema)) checkShape(message.message as onnx.TensorShapeProto, path, walk.limits);
}

function is(message: ReflectMessage, schema: DescMessage): boolean {
  return message.message.$typeName === schema.typeName;
}

function checkTensor(tensor: onnx.TensorProto, path: string, limits: Required<ModelLimits>): void {
  const where = tensor.name === '' ? path : `${path} '${tensor.name}'`;
  if (tensor.externalData.length > 0 || tensor.dataLocation === onnx.TensorProto_DataLocation.EXTERNAL) {
    const location = tensor.externalData.find((entry) => entry.key === 'location')?.value ?? '';
    refuse(where, `its data lie outside of the file, got location '${location}'; expected the data in the file`);
  }
  const elements = product(tensor.dims, where, limits.maxElements);
  if (tensor.rawData.length === 0) return;
  const width = RAW_BYTES[tensor.dataType];
  if (width === undefined) refuse(where, `unknown element type, got ${tensor.dataType}`);
  if (tensor.rawData.length !== elements * width) {
    refuse(where, `its data do not fill its shape, got ${tensor.rawData.length} bytes; expected ${elements * width}`);
  }
}

function checkNode(node: onnx.NodeProto, path: string, walk: Walk): void {
  if (++walk.nodes > walk.limits.maxNodes) refuse(path, `there are more than ${walk.limits.maxNodes} nodes`);
  if (!OPSETS.has(node.domain)) refuse(path, `operator ${node.opType} is of the unknown domain '${node.domain}'`);
  if (node.domain === 'com.microsoft' && !MICROSOFT_OPERATORS.has(node.opType)) {
    refuse(path, `operator ${node.opType} of com.microsoft is not one of ours`);
  }
}

function checkShape(shape: onnx.TensorShapeProto, path: string, limits: Required<ModelLimits>): void {
  const known = shape.dim.flatMap((dim) => (dim.value.case === 'dimValue' ? [dim.value.value] : []));
  product(known, path, limits.maxElements);
}

function product(dims: readonly bigint[], where: string, maxElements: number): number {
  const shape = `[${dims.join(', ')}]`;
  if (dims.some((dim) => dim < 0n)) refuse(where, `a dimension is negative, got ${shape}`);
  const elements = dims.reduce((total, dim) => total * dim, 1n);
  const largest = dims.reduce((max, dim) => (dim > max ? dim : max), elements);
  if (largest > BigInt(maxElements))
    refuse(where, `its shape is absurd, got ${shape}; expected at most ${maxElements} elements`);
  return Number(elements);
}

function unsafe(where: string, reason: string, cause?: unknown): NerError {
  return new NerError(
    'E_GRAPH_UNSAFE',
    `checkModel: ${where}: ${reason}. Export the model again with Tagwright; do not load it from an unknown source.`,
    { cause },
  );
}

function refuse(where: string, reason: string): never {
  throw unsafe(where, reason);
}
