import {
  isGraph,
  makeGraph,
  makeNode,
  makeValue,
  type Attributes,
  type Constant,
  type ConstantData,
  type DType,
  type Graph,
  type Node,
  type Value,
} from '../ir.ts';
import { constantType } from '../builder.ts';

/** What a rule may look up while it rewrites a graph. */
export interface View {
  constantOf(value: Value | undefined): Constant | undefined;
  producerOf(value: Value | undefined): Node | undefined;
  addConstant(dtype: DType, shape: readonly number[], data: ConstantData): Value;
  /** Puts a node before the one that is rewritten. */
  insert(node: Node): void;
}

/** Gives the values that take the place of a node's outputs, or a node to put in its place, or undefined to keep it. */
export type Rule = (node: Node, view: View) => readonly Value[] | Node | undefined;

export interface RewriteOptions {
  /** Rewrites bodies; applied before the rule sees their node. */
  readonly body: (graph: Graph) => Graph;
  /** Takes the place of a constant. */
  readonly constant?: (constant: Constant) => Value | undefined;
}

/** Walks a graph once, in order, with everything before a node already rewritten. */
export function rewrite(graph: Graph, rule: Rule, { body, constant = () => undefined }: RewriteOptions): Graph {
  const replaced = new Map<Value, Value>();
  const constants = new Map<Value, Constant>();
  const producers = new Map<Value, Node>();
  const nodes: Node[] = [];
  const current = (value: Value): Value => replaced.get(value) ?? value;
  const keep = (node: Node): void => {
    nodes.push(node);
    for (const output of node.outputs) producers.set(output, node);
  };
  const view: View = {
    constantOf: (value) => value && constants.get(value),
    producerOf: (value) => value && producers.get(value),
    addConstant: (dtype, shape, data) => {
      const value = makeValue(constantType(dtype, shape, data));
      constants.set(value, Object.freeze({ value, data }));
      return value;
    },
    insert: keep,
  };
  for (const one of graph.constants) {
    const other = constant(one);
    if (other) replaced.set(one.value, other);
    else constants.set(one.value, one);
  }
  for (const old of graph.nodes) {
    const inputs = old.inputs.map((input) => input && current(input));
    const node = makeNode({ ...old, inputs, attributes: mapBodies(old.attributes, body) });
    const result = rule(node, view);
    if (result === undefined) keep(node);
    else if ('op' in result) keep(result);
    else old.outputs.forEach((output, i) => replaced.set(output, result[i]!));
  }
  return makeGraph({
    name: graph.name,
    inputs: graph.inputs,
    constants: [...constants.values()],
    nodes,
    outputs: graph.outputs.map(({ name, value }) => ({ name, value: current(value) })),
  });
}

function mapBodies(attributes: Attributes, body: (graph: Graph) => Graph): Attributes {
  const entries = Object.entries(attributes).map(([name, one]) => [name, isGraph(one) ? body(one) : one]);
  return Object.fromEntries(entries) as Attributes;
}
