import { makeGraph, type Graph, type Node, type Value } from '../ir.ts';

/** A graph some of whose inputs have values that are known: trained parameters. */
export interface Program {
  readonly graph: Graph;
  /** Values of inputs by name, row-major. */
  readonly weights: Readonly<Record<string, Float32Array>>;
}

/** A product of what is computed and a matrix of weights. */
export interface WeightProduct {
  /** [..., nIn] */
  readonly activation: Value;
  readonly weight: Value;
  readonly nIn: number;
  readonly nOut: number;
  /** Whether the weights are [nOut, nIn] instead of [nIn, nOut]. */
  readonly isTransposed: boolean;
  /** [nOut], where the product adds one itself. */
  readonly bias: Value | undefined;
}

/** What a node is as a product by weights; undefined for all else. */
export function weightProduct({ op, inputs, attributes }: Node, { weights }: Program): WeightProduct | undefined {
  const [activation, weight, bias] = inputs;
  if (activation === undefined || !isWeight(weight, weights)) return undefined;
  const isTransposed = op === 'Gemm' && attributes['transB'] === 1;
  const isPlain = attributes['alpha'] === 1 && attributes['beta'] === 1 && attributes['transA'] === 0;
  if (op !== 'MatMul' && !(op === 'Gemm' && isPlain && bias?.type.shape.length !== 2)) return undefined;
  const [rows, columns] = weight.type.shape as readonly number[];
  const [nIn, nOut] = isTransposed ? [columns!, rows!] : [rows!, columns!];
  return { activation, weight, nIn, nOut, isTransposed, bias };
}

function isWeight(value: Value | undefined, weights: Program['weights']): value is Value {
  return value?.name !== undefined && Object.hasOwn(weights, value.name) && value.type.shape.length === 2;
}

/** The products by weights outside of loops, in order. */
export function weightProducts(program: Program): readonly WeightProduct[] {
  return program.graph.nodes.flatMap((node) => weightProduct(node, program) ?? []);
}

/** The program without the weights that nothing reads any more. */
export function withoutUnread({ graph, weights }: Program): Program {
  const { nodes, outputs } = graph;
  const read = new Set([...nodes.flatMap(({ inputs }) => inputs), ...outputs.map(({ value }) => value)]);
  const isWeightOf = ({ name }: Value): boolean => name !== undefined && Object.hasOwn(weights, name);
  const inputs = graph.inputs.filter((input) => read.has(input) || !isWeightOf(input));
  const names = new Set(inputs.map(({ name }) => name));
  return {
    graph: makeGraph({ ...graph, inputs }),
    weights: Object.fromEntries(Object.entries(weights).filter(([name]) => names.has(name))),
  };
}
