import { makeGraph, makeNode, type Graph, type Node, type Value } from '../ir.ts';
import { scanParts, type ScanAttributes } from '../ops/control-flow.ts';

/**
 * Drops what no output depends on: nodes, constants and, of Scans, outputs, states, slices and captured values. Inputs of
 * the graph itself stay, because callers feed them.
 */
export function dropDeadCode(graph: Graph): Graph {
  const { nodes, live } = liveNodes(graph);
  return makeGraph({ ...graph, nodes, constants: graph.constants.filter(({ value }) => live.has(value)) });
}

function liveNodes(graph: Pick<Graph, 'nodes' | 'outputs'>): { readonly nodes: Node[]; readonly live: Set<Value> } {
  const live = new Set(graph.outputs.map(({ value }) => value));
  const nodes: Node[] = [];
  for (const node of [...graph.nodes].reverse()) {
    if (!node.outputs.some((output) => live.has(output))) continue;
    const kept = node.op === 'Scan' ? pruneScan(node, live) : node;
    nodes.push(kept);
    for (const input of kept.inputs) if (input) live.add(input);
  }
  return { nodes: nodes.reverse(), live };
}

function pruneScan(node: Node, live: ReadonlySet<Value>): Node {
  const attributes = node.attributes as unknown as ScanAttributes;
  const { body, states, inputDirections, outputDirections } = attributes;
  const wanted = new Set(node.outputs.flatMap((output, i) => (live.has(output) ? [i] : [])));
  let inside = liveWith(body, wanted);
  // A state lives as long as something that lives reads it, which may make further states live.
  for (let before = -1; before !== wanted.size; inside = liveWith(body, wanted)) {
    before = wanted.size;
    body.inputs.slice(0, states).forEach((state, i) => inside.has(state) && wanted.add(i));
  }
  const parts = scanParts([...body.inputs.keys()], attributes);
  const liveInputs = parts.inputs.filter((i) => inside.has(body.inputs[i]!));
  // A Scan counts its steps by a scan input, so one of them stays.
  const inputs = liveInputs.length > 0 ? liveInputs : parts.inputs.slice(0, 1);
  const captures = parts.captures.filter((i) => inside.has(body.inputs[i]!));
  const keptStates = parts.states.filter((i) => wanted.has(i));
  const keptOutputs = body.outputs.flatMap((_, i) => (wanted.has(i) ? [i] : []));
  const operands = [...keptStates, ...inputs, ...captures];
  const pruned = makeGraph({
    ...body,
    inputs: operands.map((i) => body.inputs[i]!),
    outputs: keptOutputs.map((i) => body.outputs[i]!),
  });
  return makeNode({
    op: 'Scan',
    inputs: operands.map((i) => node.inputs[i]),
    outputs: keptOutputs.map((i) => node.outputs[i]!),
    attributes: {
      body: dropDeadCode(pruned),
      states: keptStates.length,
      inputDirections: inputs.map((i) => inputDirections[i - states]!),
      outputDirections: keptOutputs.filter((i) => i >= states).map((i) => outputDirections[i - states]!),
    },
  });
}

/** Values of a body that the chosen outputs depend on. */
function liveWith(body: Graph, outputs: ReadonlySet<number>): ReadonlySet<Value> {
  return liveNodes({ nodes: body.nodes, outputs: body.outputs.filter((_, i) => outputs.has(i)) }).live;
}
