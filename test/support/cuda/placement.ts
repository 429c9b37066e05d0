import { fromBinary } from '@bufbuild/protobuf';
import * as onnx from 'onnx-buf';
import { hostOperands } from './host-operands.ts';
import { hasCudaKernel } from './kernels.ts';
import { typedGraph, type TypedGraph, type TypedNode } from './typed-graph.ts';

/** A node without a CUDA kernel: its operands are copied to the host and back. */
export interface MissingKernel {
  readonly path: string;
  readonly op: string;
  readonly types: readonly string[];
}

/** A Memcpy node that onnxruntime puts in. In a body of Scan it runs at every step. */
export interface Copy {
  readonly path: string;
  readonly value: string;
  readonly to: 'host' | 'device';
}

export interface Placement {
  readonly missing: readonly MissingKernel[];
  readonly copies: readonly Copy[];
  /** Nodes that run on the CPU, shape arithmetic as a rule, counted by operator. */
  readonly onHost: Readonly<Record<string, number>>;
}

/** Constants up to this many elements do not keep a node on the device (kSmallInitializerThreshold). */
const SMALL = 100;

/**
 * Where onnxruntime puts the nodes of a model when it has the CUDA provider, and what it must copy between host and
 * device for that: a node goes to the device where there is a kernel for it, except that one which only computes with
 * lengths, from Shape on, stays on the host (core/framework/fallback_cpu_capability.cc, GetCpuPreferredNodes; and
 * core/optimizer/transformer_memcpy.cc). Bodies are placed on their own, as there.
 */
export function cudaPlacement(bytes: Uint8Array): Placement {
  const model = fromBinary(onnx.ModelProtoSchema, bytes);
  const opset = Number(model.opsetImport.find(({ domain }) => domain === '' || domain === 'ai.onnx')?.version ?? 0);
  const found = { missing: [] as MissingKernel[], copies: [] as Copy[], onHost: {} as Record<string, number> };
  placeGraph(typedGraph(model), { opset, found, outer: new Map() });
  return found;
}

type Where = 'host' | 'device';

interface Placing {
  readonly opset: number;
  readonly found: {
    readonly missing: MissingKernel[];
    readonly copies: Copy[];
    readonly onHost: Record<string, number>;
  };
  /** Where values of enclosing graphs lie. */
  readonly outer: ReadonlyMap<string, Where>;
}

function placeGraph(graph: TypedGraph, { opset, found, outer }: Placing): void {
  const missing = graph.nodes.filter((node) => !hasKernel(graph, node, opset));
  for (const node of missing) {
    const types = node.inputs.map((name) => graph.types.get(name) ?? 'none');
    found.missing.push({ path: graph.path, op: node.op, types });
  }
  const onHost = new Set([...missing, ...lengthNodes(graph, missing)]);
  for (const { op } of onHost) found.onHost[op] = (found.onHost[op] ?? 0) + 1;
  const where = new Map(outer);
  for (const node of graph.nodes) {
    node.outputs.forEach((name, i) => where.set(name, onHost.has(node) || writesHost(node, i) ? 'host' : 'device'));
  }
  found.copies.push(...copiesOf(graph, onHost, where));
  for (const body of graph.nodes.flatMap((node) => node.bodies)) placeGraph(body, { opset, found, outer: where });
}

function hasKernel(graph: TypedGraph, node: TypedNode, opset: number): boolean {
  const typesOf = (names: readonly string[]) => names.map((name) => (name === '' ? undefined : graph.types.get(name)));
  const version = node.op.includes('.') ? 1 : opset;
  return hasCudaKernel(node.op, version, { inputs: typesOf(node.inputs), outputs: typesOf(node.outputs) });
}

function readsHost(node: TypedNode, input: number): boolean {
  return hostOperands[node.op]?.inputs?.includes(input) ?? false;
}

function writesHost(node: TypedNode, output: number): boolean {
  return hostOperands[node.op]?.outputs?.includes(output) ?? false;
}

/** Nodes that have kernels but compute with nothing but lengths, small constants and inputs of the graph. */
function lengthNodes(graph: TypedGraph, missing: readonly TypedNode[]): ReadonlySet<TypedNode> {
  const onHost = new Set<TypedNode>();
  const lengths = new Set<string>();
  for (const node of graph.nodes) {
    if (missing.includes(node)) continue;
    node.outputs.forEach((name, i) => {
      if (writesHost(node, i)) lengths.add(name);
    });
    const stays = (name: string, i: number): boolean =>
      name === '' ||
      (graph.constants.get(name) ?? Infinity) <= SMALL ||
      graph.inputs.includes(name) ||
      (lengths.has(name) && !readsHost(node, i));
    const half = node.inputs.some((name) => ['float16', 'bfloat16'].includes(graph.types.get(name) ?? ''));
    // Only what follows from a length is looked at, not what constants alone give.
    if (half || !node.inputs.some((name) => lengths.has(name)) || !node.inputs.every(stays)) continue;
    onHost.add(node);
    for (const name of node.outputs) lengths.add(name);
  }
  return onHost;
}

/** Values that one side makes and the other reads; constants are laid on both, and inputs go where they are read. */
function copiesOf(graph: TypedGraph, onHost: ReadonlySet<TypedNode>, where: ReadonlyMap<string, Where>): Copy[] {
  const readOn = new Map<string, Set<Where>>();
  const read = (name: string, place: Where): void => {
    if (name !== '' && !graph.constants.has(name)) readOn.set(name, (readOn.get(name) ?? new Set()).add(place));
  };
  for (const node of graph.nodes) {
    node.inputs.forEach((name, i) => {
      read(name, onHost.has(node) || readsHost(node, i) ? 'host' : 'device');
    });
  }
  return [...readOn].flatMap(([value, places]): Copy[] => {
    const at = where.get(value);
    const to = [...places].filter((place) => place !== at);
    // An input of a graph lies where it is read; read on both sides, it is copied to one of them.
    if (graph.inputs.includes(value)) return places.size > 1 ? [{ path: graph.path, value, to: 'device' }] : [];
    return at === undefined ? [] : to.map((place) => ({ path: graph.path, value, to: place }));
  });
}
