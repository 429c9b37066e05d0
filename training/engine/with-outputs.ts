import { makeGraph, type Graph, type Value } from './ir.ts';
import { dropDeadCode } from './passes/dead-code.ts';

/** The same graph with other outputs, any values of it by name: to look into it. */
export function withOutputs(graph: Graph, outputs: Readonly<Record<string, Value>>): Graph {
  const named = Object.entries(outputs).map(([name, value]) => ({ name, value }));
  return dropDeadCode(makeGraph({ ...graph, outputs: named }));
}
