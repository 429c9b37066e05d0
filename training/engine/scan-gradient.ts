import { createScope, type Scope } from './builder.ts';
import { mulDims, sameShape } from './dim.ts';
import { isFloat, makeGraph, makeNode, makeValue, type Node, type TensorType, type Value } from './ir.ts';
import { scanParts, type ScanAttributes } from './ops/control-flow.ts';
import { emitScan } from './scan.ts';
import { inline } from './trace.ts';

export type Backward = (
  scope: Scope,
  seeds: ReadonlyMap<Value, Value>,
  wrt: readonly Value[],
) => readonly (Value | undefined)[];

interface Request {
  readonly scope: Scope;
  readonly node: Node;
  /** Gradients of the Scan's outputs. */
  readonly dys: readonly (Value | undefined)[];
  readonly wants: (i: number) => boolean;
  /** Handed in, because grad.ts imports this file. */
  readonly backward: Backward;
}

/** A factor of a product whose sum over steps is one big product: its stack [K, rows, columns], and its direction. */
interface Hoisted {
  readonly left: Value;
  readonly right: Value;
}

/**
 * The gradient of a Scan is a Scan from the last step to the first. Its states are the gradients of the forward states
 * and the running sums of the gradients of captured values; it reads the slices of the forward inputs, the gradients of
 * the stacked outputs, and whatever else its steps need of the forward ones. For the last, the forward node is replaced
 * by one that stacks those values too; nothing is computed twice.
 *
 * A captured matrix W used as h W would have its gradient h' dz added up step by step; instead dz is stacked, and one
 * product over all steps is taken after the loop.
 */
export function differentiateScan(request: Request): readonly (Value | undefined)[] {
  const step = differentiateStep(request);
  const stacks = stackResiduals(request, step);
  return emitBackwardScan(request, step, stacks);
}

/** The body and its gradient in one scope: forward nodes first, then the nodes of the gradient. */
interface Step {
  readonly attributes: ScanAttributes;
  readonly inner: Scope;
  /** The body's inputs in `inner`, by role. */
  readonly parts: {
    readonly states: readonly Value[];
    readonly inputs: readonly Value[];
    readonly captures: readonly Value[];
  };
  /** The body's outputs in `inner`. */
  readonly outputs: readonly Value[];
  readonly forwardNodes: number;
  readonly forwardConstants: number;
  /** Inputs that stand for the gradients of the outputs, where there are any. */
  readonly seeds: readonly (Value | undefined)[];
  /** Gradients of the body's inputs. */
  readonly gradients: ReadonlyMap<Value, Value>;
}

function differentiateStep({ scope, node, dys, wants, backward }: Request): Step {
  const attributes = node.attributes as unknown as ScanAttributes;
  const { body, states } = attributes;
  const inner = createScope(scope);
  const map = new Map<Value, Value>();
  for (const input of body.inputs) map.set(input, inner.addInput(input.type, input.name));
  const inputs = [...inner.inputs];
  inline(inner, body, map);
  const [forwardNodes, forwardConstants] = [inner.nodes.length, inner.constants.length];
  const outputs = body.outputs.map(({ value }) => map.get(value)!);
  const seeds = outputs.map((output, i) => {
    const seeded = isFloat(output.type) && (i < states || dys[i] !== undefined);
    return seeded ? inner.addInput(output.type) : undefined;
  });
  const seedOf = new Map<Value, Value>();
  outputs.forEach((output, i) => {
    const [seed, other] = [seeds[i], seedOf.get(output)];
    if (seed) seedOf.set(output, other ? inner.b.Add(other, seed) : seed);
  });
  const wrt = inputs.filter((input, i) => isFloat(input.type) && (i < states || wants(i)));
  const found = backward(inner, seedOf, wrt);
  const gradients = new Map<Value, Value>();
  wrt.forEach((input, i) => {
    if (found[i]) gradients.set(input, found[i]);
  });
  const parts = scanParts(inputs, attributes);
  return { attributes, inner, parts, outputs, forwardNodes, forwardConstants, seeds, gradients };
}

/** Live nodes of the gradient, in order, and the values from elsewhere that they use. */
function liveBackward(step: Step): { readonly nodes: readonly Node[]; readonly used: ReadonlySet<Value> } {
  const used = new Set<Value>(step.gradients.values());
  const nodes: Node[] = [];
  for (const node of step.inner.nodes.slice(step.forwardNodes).reverse()) {
    if (!node.outputs.some((output) => used.has(output))) continue;
    nodes.push(node);
    for (const input of node.inputs) if (input) used.add(input);
  }
  return { nodes: nodes.reverse(), used };
}

/** Forward values that the gradient needs, to their stacks in the enclosing scope; the forward node is replaced. */
function stackResiduals({ scope, node }: Request, step: Step): ReadonlyMap<Value, Value> {
  const { inner, parts, outputs, attributes } = step;
  const { used } = liveBackward(step);
  const forward = inner.nodes.slice(0, step.forwardNodes);
  const computed = [...parts.states, ...forward.flatMap((one) => one.outputs)];
  // Lengths are not stacked: they are read again from a tensor that has them.
  const residuals = computed.filter((value) => used.has(value) && value.type.value === undefined);
  const length = scanParts(node.inputs, attributes).inputs[0]!.type.shape[0]!;
  const stacks = new Map<Value, Value>();
  outputs.forEach((output, i) => {
    const stacked = i >= attributes.states && attributes.outputDirections[i - attributes.states] === 0;
    if (stacked && residuals.includes(output)) stacks.set(output, node.outputs[i]!);
  });
  const fresh = residuals.filter((value) => !stacks.has(value));
  if (fresh.length === 0) return stacks;
  for (const { dtype, shape, ...value } of fresh.map((residual) => ({ ...residual.type, residual }))) {
    stacks.set(value.residual, makeValue({ dtype, shape: [length, ...shape] }));
  }
  const names = node.outputs.length;
  const body = makeGraph({
    name: attributes.body.name,
    inputs: [...parts.states, ...parts.inputs, ...parts.captures],
    constants: inner.constants.slice(0, step.forwardConstants),
    nodes: forward,
    outputs: [
      ...outputs.map((value, i) => ({ name: attributes.body.outputs[i]!.name, value })),
      ...fresh.map((value, i) => ({ name: `residual${names + i}`, value })),
    ],
  });
  const outputDirections = [...attributes.outputDirections, ...fresh.map(() => 0)];
  scope.replace(
    node,
    makeNode({
      ...node,
      outputs: [...node.outputs, ...fresh.map((value) => stacks.get(value)!)],
      attributes: { ...attributes, body, outputDirections },
    }),
  );
  return stacks;
}

/** The backward body under construction. */
interface Reverse {
  readonly scope: Scope;
  readonly map: Map<Value, Value>;
  /** Scan inputs: the stacked operand, in the enclosing scope, and the direction to read it in. */
  readonly operands: Value[];
  readonly directions: number[];
  /** How to get captured values and constants; called for those that are used, so that nothing else is captured. */
  readonly makers: Map<Value, () => Value>;
}

function emitBackwardScan(
  request: Request,
  step: Step,
  stacks: ReadonlyMap<Value, Value>,
): readonly (Value | undefined)[] {
  const { scope, node, dys } = request;
  const { attributes, parts, gradients } = step;
  const outer = scanParts(node.inputs as readonly Value[], attributes);
  const reverse: Reverse = {
    scope: createScope(scope),
    map: new Map(),
    operands: [],
    directions: [],
    makers: new Map(),
  };
  const { map } = reverse;
  const b = reverse.scope.b;

  // States: gradients of float states, then sums for captured values.
  const floats = parts.states.flatMap((state, i) => (isFloat(state.type) ? [i] : []));
  for (const i of floats) map.set(step.seeds[i]!, reverse.scope.addInput(plain(parts.states[i]!)));
  const captured = parts.captures.flatMap((capture, i) => (gradients.has(capture) ? [i] : []));
  const plans = captured.map((i) => planCapture(step, stacks, parts.captures[i]!));
  const summed = captured.filter((_, k) => plans[k]!.rest.length > 0);
  const sums = summed.map((i) => reverse.scope.addInput(plain(parts.captures[i]!)));
  addScanInputs({ request, step, stacks, reverse });
  addOuterValues(request, step, reverse);
  inlineGradient(step, reverse);

  const gradientOf = (value: Value): Value => map.get(gradients.get(value)!)!;
  const nextStates = floats.map((i) => {
    const state = parts.states[i]!;
    return gradients.has(state) ? gradientOf(state) : b.zerosLike(state);
  });
  const nextSums = summed.map((i, k) => {
    const rest = plans[captured.indexOf(i)]!.rest.map((value) => map.get(value)!);
    return rest.reduce((sum, value) => b.Add(sum, value), sums[k]!);
  });
  const inputs = parts.inputs.flatMap((input, i) => (gradients.has(input) ? [i] : []));
  const factors = plans.flatMap(({ products }) => products);
  const outputs = [
    ...nextStates,
    ...nextSums,
    ...inputs.map((i) => gradientOf(parts.inputs[i]!)),
    ...factors.map((f) => map.get(f.right)!),
  ];
  const results = emitScan(scope, reverse.scope, {
    operands: [
      ...floats.map((i) => dys[i] ?? scope.b.zerosLike(outer.states[i]!)),
      ...summed.map((i) => scope.b.zerosLike(outer.captures[i]!)),
      ...reverse.operands,
    ],
    outputs: outputs.map((value, i) => ({ name: `d${i}`, value: reverse.scope.resolve(value) })),
    states: floats.length + summed.length,
    inputDirections: reverse.directions,
    outputDirections: [
      ...inputs.map((i) => 1 - attributes.inputDirections[i]!),
      ...factors.map((factor) => 1 - directionOf(step, factor.left)),
    ],
  });

  const result: (Value | undefined)[] = node.inputs.map(() => undefined);
  floats.forEach((i, k) => (result[i] = results[k]));
  const firstStack = floats.length + summed.length;
  inputs.forEach((i, k) => (result[attributes.states + i] = results[firstStack + k]));
  let factorAt = firstStack + inputs.length;
  captured.forEach((i, k) => {
    const sumAt = summed.indexOf(i);
    let total = sumAt < 0 ? undefined : results[floats.length + sumAt];
    for (const { left } of plans[k]!.products) {
      const product = sumOfProducts(scope, stackOf(request, step, { stacks, value: left }), results[factorAt++]!);
      total = total ? scope.b.Add(total, product) : product;
    }
    result[attributes.states + parts.inputs.length + i] = total;
  });
  return result;
}

function plain(value: Value): { dtype: Value['type']['dtype']; shape: Value['type']['shape'] } {
  return { dtype: value.type.dtype, shape: value.type.shape };
}

/** 0 where entry t of a value's stack belongs to step t, 1 where the stack runs backwards. */
function directionOf(step: Step, value: Value): number {
  const input = step.parts.inputs.indexOf(value);
  return input < 0 ? 0 : step.attributes.inputDirections[input]!;
}

/** The stack of a forward value in the enclosing scope: a scan input, or a residual. */
function stackOf(
  { node }: Request,
  step: Step,
  { stacks, value }: { readonly stacks: ReadonlyMap<Value, Value>; readonly value: Value },
): Value {
  const input = step.parts.inputs.indexOf(value);
  return input < 0 ? stacks.get(value)! : node.inputs[step.attributes.states + input]!;
}

/** Feeds the backward body: forward slices it uses, residuals, and the gradients of stacked outputs. */
function addScanInputs({
  request: { node, dys },
  step,
  stacks,
  reverse,
}: {
  readonly request: Request;
  readonly step: Step;
  readonly stacks: ReadonlyMap<Value, Value>;
  readonly reverse: Reverse;
}): void {
  const { attributes, parts, seeds } = step;
  const { used } = liveBackward(step);
  const outer = scanParts(node.inputs as readonly Value[], attributes);
  const add = (value: Value, operand: Value, direction: number): void => {
    reverse.map.set(value, reverse.scope.addInput(plain(value)));
    reverse.operands.push(operand);
    reverse.directions.push(direction);
  };
  parts.inputs.forEach((input, i) => {
    if (used.has(input)) add(input, outer.inputs[i]!, 1 - attributes.inputDirections[i]!);
  });
  for (const [value, stack] of stacks) add(value, stack, 1);
  seeds.slice(attributes.states).forEach((seed, j) => {
    if (seed) add(seed, dys[attributes.states + j]!, 1 - attributes.outputDirections[j]!);
  });
  // A Scan needs something to count its steps by.
  if (reverse.operands.length === 0) add(parts.inputs[0]!, outer.inputs[0]!, 1 - attributes.inputDirections[0]!);
}

/** Makes captured values and constants known to the backward body. */
function addOuterValues({ node }: Request, { inner, parts, attributes }: Step, { scope, makers }: Reverse): void {
  const outer = scanParts(node.inputs as readonly Value[], attributes);
  parts.captures.forEach((capture, i) => makers.set(capture, () => scope.resolve(outer.captures[i]!)));
  for (const [value, capture] of inner.captures) makers.set(capture, () => scope.resolve(value));
  for (const { value, data } of inner.constants) {
    makers.set(value, () => scope.b.constant(value.type.dtype, value.type.shape as readonly number[], data));
  }
}

function inlineGradient(step: Step, { scope, map, makers }: Reverse): void {
  const { nodes, used } = liveBackward(step);
  const { b } = scope;
  const lengths = ({ value, shape }: TensorType): Value => b.reshape(b.dims(value!), shape);
  const made = new Set(nodes.flatMap((node) => node.outputs));
  for (const value of used) {
    if (map.has(value) || made.has(value)) continue;
    const maker = makers.get(value);
    map.set(value, maker ? maker() : lengths(value.type));
  }
  inline(scope, { constants: [], nodes }, map);
}

interface CapturePlan {
  /** Summands h' dz, taken once after the loop. */
  readonly products: readonly Hoisted[];
  /** Summands added up step by step. */
  readonly rest: readonly Value[];
}

/** Splits the gradient of a captured value into its summands. */
function planCapture(step: Step, stacks: ReadonlyMap<Value, Value>, capture: Value): CapturePlan {
  const producers = new Map(
    step.inner.nodes.slice(step.forwardNodes).flatMap((node) => node.outputs.map((y) => [y, node])),
  );
  const products: Hoisted[] = [];
  const rest: Value[] = [];
  const visit = (value: Value): void => {
    const node = producers.get(value);
    if (node?.op === 'Add' && node.inputs.every((input) => sameShape(input!.type.shape, capture.type.shape))) {
      for (const input of node.inputs) visit(input!);
      return;
    }
    const [left, right] = [node?.inputs[0], node?.inputs[1]];
    const stacked = left && (stacks.has(left) || step.parts.inputs.includes(left));
    const whole = node?.op === 'Gemm' && node.inputs[2] === undefined && node.attributes['alpha'] === 1;
    if (
      whole &&
      node.attributes['transA'] === 1 &&
      node.attributes['transB'] === 0 &&
      stacked &&
      producers.has(right!)
    ) {
      products.push({ left, right: right! });
    } else {
      rest.push(value);
    }
  };
  visit(step.gradients.get(capture)!);
  return { products, rest };
}

/** The sum over steps of left' right, from their stacks [K, rows, M] and [K, rows, N]: [M, N]. */
function sumOfProducts(scope: Scope, left: Value, right: Value): Value {
  const { b } = scope;
  const flat = (x: Value): Value => {
    const [steps, rows, columns] = x.type.shape;
    return b.reshape(x, [mulDims(steps!, rows!), columns!]);
  };
  return b.Gemm(flat(left), flat(right), undefined, { alpha: 1, beta: 1, transA: 1, transB: 0 });
}
