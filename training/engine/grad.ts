import { NerError } from '../../shared/ner-error.ts';
import type { Scope } from './builder.ts';
import { formatShape, sameShape, sizeOf } from './dim.ts';
import { isFloat, type Graph, type Node, type Value } from './ir.ts';
import { opDef } from './ops/index.ts';
import { differentiateScan } from './scan-gradient.ts';
import { call, tensorOf, trace, type Tensor, type Tensors } from './trace.ts';

/**
 * Reverse-mode differentiation within one scope: appends the nodes that compute, for each value of `wrt`, the sum over
 * seeds of seed times d(target)/d(value). Only nodes between `wrt` and the targets are visited; gradients of several
 * uses are added, and broadcasting is undone, here and nowhere else. Undefined where no target depends on the value.
 */
export function backward(
  scope: Scope,
  seeds: ReadonlyMap<Value, Value>,
  wrt: readonly Value[],
): readonly (Value | undefined)[] {
  const nodes = [...scope.nodes];
  const active = reachable(nodes, wrt);
  const gradients = new Map<Value, Value>(seeds);
  const accumulate = (value: Value, gradient: Value): void => {
    const fitted = scope.b.sumTo(gradient, value.type.shape);
    checkGradient(value, fitted);
    const sum = gradients.get(value);
    gradients.set(value, sum === undefined ? fitted : scope.b.Add(sum, fitted));
  };
  for (const node of nodes.reverse()) {
    if (!node.outputs.some((output) => gradients.has(output) && active.has(output))) continue;
    const results = differentiate(scope, node, { gradients, active });
    results.forEach((gradient, i) => {
      const input = node.inputs[i];
      if (gradient && input && active.has(input)) accumulate(input, gradient);
    });
  }
  return wrt.map((value) => gradients.get(value));
}

interface Walk {
  readonly gradients: ReadonlyMap<Value, Value>;
  readonly active: ReadonlySet<Value>;
}

function differentiate(scope: Scope, node: Node, { gradients, active }: Walk): readonly (Value | null | undefined)[] {
  const dys = node.outputs.map((output) => gradients.get(output));
  const wants = (i: number): boolean => {
    const input = node.inputs[i];
    return input !== undefined && active.has(input);
  };
  if (node.op === 'Scan') return differentiateScan({ scope, node, dys, wants, backward });
  const def = opDef(node.op);
  if (def.vjp === null) return [];
  const first = dys.findIndex((dy) => dy !== undefined);
  return def.vjp({
    b: scope.b,
    x: node.inputs as readonly Value[],
    optional: node.inputs,
    y: node.outputs[first]!,
    dy: dys[first]!,
    ys: node.outputs,
    dys,
    attributes: node.attributes,
    wants,
  });
}

/** Values whose elements depend, differentiably as far as the rows know, on one of `wrt`. */
function reachable(nodes: readonly Node[], wrt: readonly Value[]): ReadonlySet<Value> {
  const active = new Set<Value>(wrt);
  for (const node of nodes) {
    const differentiable = node.op === 'Scan' || opDef(node.op).vjp !== null;
    if (!differentiable || !node.inputs.some((input) => input && active.has(input))) continue;
    for (const output of node.outputs) if (isFloat(output.type)) active.add(output);
  }
  return active;
}

function checkGradient(value: Value, gradient: Value): void {
  if (gradient.type.dtype === value.type.dtype && sameShape(value.type.shape, gradient.type.shape)) return;
  throw new NerError(
    'E_INTERNAL',
    `internal: a gradient has the wrong type, got ${gradient.type.dtype}${formatShape(gradient.type.shape)}; ` +
      `expected ${value.type.dtype}${formatShape(value.type.shape)}. Please report this.`,
  );
}

/**
 * The gradients of a one-element loss with respect to tensors of the same trace, appended to it. A tensor that the loss
 * does not depend on has a gradient of zeros.
 *
 * @throws E_SHAPE_MISMATCH the loss has more than one element
 * @throws E_DTYPE_MISMATCH the loss or one of the tensors is no float
 * @throws E_GRAPH_INVALID a tensor belongs to another graph than the loss: inside a scan body, differentiate with respect
 * to the body's states or slices, not to what it captures
 */
export function gradients<K extends string>(
  loss: Tensor,
  wrt: Readonly<Record<K, Tensor>>,
): Readonly<Record<K, Tensor>> {
  const { scope } = loss;
  const entries = Object.entries<Tensor>(wrt);
  if (sizeOf(loss.shape) !== 1) {
    throw new NerError(
      'E_SHAPE_MISMATCH',
      `gradients: the loss is not one number, got ${formatShape(loss.shape)}; expected [] . Reduce it first?`,
    );
  }
  for (const [name, tensor] of [['loss', loss], ...entries] as const) {
    if (!isFloat(tensor.value.type)) {
      throw new NerError('E_DTYPE_MISMATCH', `gradients: '${name}' is ${tensor.dtype}; expected float32`);
    }
    if (tensor.scope !== scope) {
      throw new NerError(
        'E_GRAPH_INVALID',
        `gradients: '${name}' belongs to another graph than the loss; expected a tensor of the same trace or scan body. ` +
          'Hand it to the scan as a state or an input?',
      );
    }
  }
  const values = entries.map(([, tensor]) => tensor.value);
  const seed = scope.b.full(1, 'float32', loss.shape);
  const found = backward(scope, new Map([[loss.value, seed]]), values);
  const named = entries.map(([name, tensor], i) => [
    name,
    tensorOf(scope, found[i] ?? scope.b.zerosLike(tensor.value)),
  ]);
  return Object.fromEntries(named) as Record<K, Tensor>;
}

/**
 * A graph with the inputs and outputs of `graph`, and an output `d_<input>` for each name in `wrt`: the gradient of the
 * one-element output `of`.
 */
export function gradientGraph(
  graph: Graph,
  { of, wrt }: { readonly of: string; readonly wrt: readonly string[] },
): Graph {
  const types = Object.fromEntries(graph.inputs.map((input) => [input.name ?? '', input.type]));
  return trace(`d_${graph.name}`, types, (x) => {
    const outputs = call(graph, x);
    const loss = outputs[of];
    const unknown = wrt.find((name) => !(name in x));
    if (loss === undefined || unknown !== undefined) {
      throw new NerError(
        'E_GRAPH_INVALID',
        `gradientGraph: '${graph.name}' has no output '${of}' or no input '${unknown ?? ''}'`,
      );
    }
    const found: Tensors = gradients(loss, Object.fromEntries(wrt.map((name) => [name, x[name]!])));
    return { ...outputs, ...Object.fromEntries(wrt.map((name) => [`d_${name}`, found[name]!])) };
  });
}
