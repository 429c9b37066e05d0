import { NerError } from '../../shared/ner-error.ts';
import { createScope, type Scope } from './builder.ts';
import { makeGraph, type Graph, type Value } from './ir.ts';
import { innermost, within } from './scope-stack.ts';
import { tensorOf, type Tensor, type Tensors } from './trace.ts';

export interface ScanOptions<S extends string, X extends string> {
  /** Values handed from step to step; their types must not change. */
  readonly states: Readonly<Record<S, Tensor>>;
  /** What is cut into slices along the first axis, one a step; at least one input, and at least one step when it runs. */
  readonly inputs: Readonly<Record<X, Tensor>>;
  /** Reads and stacks from the last slice to the first. Default false. */
  readonly reverse?: boolean;
}

export interface ScanResult<S extends string> {
  /** The states after the last step. */
  readonly states: Readonly<Record<S, Tensor>>;
  /** Per-step outputs, stacked along a new first axis. Entry i belongs to slice i, in either direction. */
  readonly outputs: Tensors;
}

/**
 * Runs `step` once per slice of the inputs. It may use any tensor of the enclosing trace; what depends only on those is
 * computed once, outside. Gradients flow through states, inputs, outputs and captured tensors.
 *
 * @throws E_SHAPE_MISMATCH a state changes its type, or inputs differ in length
 * @throws E_GRAPH_INVALID the step returns other states than it is given
 */
export function scan<S extends string, X extends string>(
  options: ScanOptions<S, X>,
  step: (
    states: Readonly<Record<S, Tensor>>,
    slices: Readonly<Record<X, Tensor>>,
  ) => { readonly states: Readonly<Record<S, Tensor>>; readonly outputs?: Tensors },
): ScanResult<S> {
  const names = Object.keys(options.states) as S[];
  const inputs = Object.entries<Tensor>(options.inputs);
  const scope = innermost('scan');
  const inner = createScope(scope);
  const stateInputs = names.map((name) => [name, tensorOf(inner, inner.addInput(plain(options.states[name]), name))]);
  const slices = inputs.map(([name, tensor]) => [name, tensorOf(inner, inner.addInput(slice(name, tensor), name))]);
  const result = within(inner, () =>
    step(Object.fromEntries(stateInputs) as Record<S, Tensor>, Object.fromEntries(slices) as Record<X, Tensor>),
  );
  const next = names.map((name) => [name, result.states[name] as Tensor | undefined] as const);
  const missing = next.find(([, tensor]) => tensor === undefined);
  if (missing || Object.keys(result.states).length !== names.length) {
    const got = Object.keys(result.states).join(', ');
    throw new NerError(
      'E_GRAPH_INVALID',
      `scan: the step returns other states, got ${got}; expected ${names.join(', ')}`,
    );
  }
  const outputs = Object.entries(result.outputs ?? {});
  const values = [...(next as readonly (readonly [S, Tensor])[]), ...outputs].map(([name, tensor]) => ({
    name,
    value: inner.resolve(tensor.value),
  }));
  const operands = [...names.map((name) => options.states[name].value), ...inputs.map(([, tensor]) => tensor.value)];
  const direction = options.reverse === true ? 1 : 0;
  const results = emitScan(scope, inner, {
    operands,
    outputs: values,
    states: names.length,
    inputDirections: inputs.map(() => direction),
    outputDirections: outputs.map(() => direction),
  });
  const named = (from: number, keys: readonly string[]): Tensors =>
    Object.fromEntries(keys.map((key, i) => [key, tensorOf(scope, results[from + i]!)]));
  return {
    states: named(0, names),
    outputs: named(
      names.length,
      outputs.map(([name]) => name),
    ),
  };
}

interface ScanNode {
  readonly operands: readonly Value[];
  readonly outputs: Graph['outputs'];
  readonly states: number;
  readonly inputDirections: readonly number[];
  readonly outputDirections: readonly number[];
}

/** Emits the Scan whose body has been traced in `inner`, captured values included. */
export function emitScan(scope: Scope, inner: Scope, scan: ScanNode): readonly Value[] {
  const body = makeGraph({
    name: 'body',
    inputs: [...inner.inputs, ...inner.captures.values()],
    constants: inner.constants,
    nodes: inner.nodes,
    outputs: scan.outputs,
  });
  const { states, inputDirections, outputDirections } = scan;
  const operands = [...scan.operands, ...inner.captures.keys()];
  return scope.emit('Scan', operands, { body, states, inputDirections, outputDirections });
}

/** A state's type: what is known of its first elements does not hold after a step. */
function plain(tensor: Tensor): { dtype: Tensor['dtype']; shape: Tensor['shape'] } {
  return { dtype: tensor.dtype, shape: tensor.shape };
}

function slice(name: string, tensor: Tensor): { dtype: Tensor['dtype']; shape: Tensor['shape'] } {
  if (tensor.shape.length === 0) {
    throw new NerError('E_SHAPE_MISMATCH', `scan: input '${name}' is a scalar; expected a leading axis to scan over`);
  }
  return { dtype: tensor.dtype, shape: tensor.shape.slice(1) };
}
