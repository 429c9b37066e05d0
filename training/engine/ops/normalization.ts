import { NerError } from '../../../shared/ner-error.ts';
import { formatShape, normalizeAxes, sameShape, type Dim } from '../dim.ts';
import type { TensorType } from '../ir.ts';
import { countOf } from '../nd-array.ts';
import type { EvaluateContext, InferContext, OpDef, VjpContext } from '../op-def.ts';

type Axis = {
  readonly axis: number;
};

type OnAxis = OpDef<['x'], Axis, 'one'>;

function inferOnAxis(c: InferContext<Axis>): readonly [TensorType] {
  const { dtype, shape } = c.x[0]!;
  if (dtype !== 'float32') c.dtypeError(`does not take ${dtype}; expected float32`);
  if (!normalizeAxes([c.attributes.axis], shape.length)) {
    c.shapeError(`axis out of range, got ${c.attributes.axis} for ${formatShape(shape)}`);
  }
  return [{ dtype, shape }];
}

/** Applies `f` to each line of elements along the axis. */
function mapLines(c: EvaluateContext<Axis>, f: (line: readonly number[]) => readonly number[]): Float64Array {
  const { shape, data } = c.x[0]!;
  const axis = normalizeAxes([c.attributes.axis], shape.length)![0]!;
  const length = shape[axis]!;
  const inner = countOf(shape.slice(axis + 1));
  const out = new Float64Array(data.length);
  for (let line = 0; line < data.length / Math.max(length, 1); line++) {
    const start = Math.floor(line / inner) * length * inner + (line % inner);
    const values = f(Array.from({ length }, (_, i) => data[start + i * inner]!));
    for (let i = 0; i < length; i++) out[start + i * inner] = values[i]!;
  }
  return out;
}

function logSumExp(line: readonly number[]): number {
  const max = Math.max(...line);
  return max + Math.log(line.reduce((sum, x) => sum + Math.exp(x - max), 0));
}

function sumOnAxis(c: VjpContext<Axis>, x: VjpContext['dy']): VjpContext['dy'] {
  return c.b.ReduceSum(x, [c.attributes.axis], { keepdims: 1 });
}

const base: Pick<OnAxis, 'inputs' | 'outputs' | 'returns' | 'attributes' | 'sinceOpset'> = {
  inputs: ['x'],
  outputs: 1,
  returns: 'one',
  attributes: { axis: 'int' },
  sinceOpset: 13,
};

/** y = exp(x) / sum exp(x) along the axis; dx = y (dy - sum(dy y)). */
export const Softmax: OnAxis = {
  ...base,
  infer: inferOnAxis,
  vjp: (c) => {
    const weighted = c.b.Mul(c.dy, c.y);
    return [c.b.Sub(weighted, c.b.Mul(c.y, sumOnAxis(c, weighted)))];
  },
  evaluate: (c) => {
    const data = mapLines(c, (line) => {
      const total = logSumExp(line);
      return line.map((x) => Math.exp(x - total));
    });
    return [{ ...c.x[0]!, data }];
  },
};

/** y = x - ln(sum exp(x)) along the axis; dx = dy - exp(y) sum(dy). */
export const LogSoftmax: OnAxis = {
  ...base,
  infer: inferOnAxis,
  vjp: (c) => [c.b.Sub(c.dy, c.b.Mul(c.b.Exp(c.y), sumOnAxis(c, c.dy)))],
  evaluate: (c) => {
    const data = mapLines(c, (line) => {
      const total = logSumExp(line);
      return line.map((x) => x - total);
    });
    return [{ ...c.x[0]!, data }];
  },
};

/**
 * y = (x - mean) invStd scale + bias over the axes from `axis` on, with invStd = 1 / sqrt(variance + epsilon) (Ba et al.
 * 2016, https://arxiv.org/abs/1607.06450). Outputs y, mean and invStd; the last two are for the gradient and have none.
 */
export const LayerNormalization: OpDef<
  ['x', 'scale', 'bias?'],
  { readonly axis: number; readonly epsilon: number },
  'many'
> = {
  inputs: ['x', 'scale', 'bias?'],
  outputs: 3,
  requiredOutputs: 1,
  returns: 'many',
  attributes: { axis: 'int', epsilon: 'float' },
  sinceOpset: 17,
  infer: (c) => {
    const { dtype, shape } = c.x[0]!;
    if (dtype !== 'float32') c.dtypeError(`does not take ${dtype}; expected float32`);
    const axis = normalizeAxes([c.attributes.axis], shape.length)?.[0];
    if (axis === undefined)
      return c.shapeError(`axis out of range, got ${c.attributes.axis} for ${formatShape(shape)}`);
    for (const [i, name] of ['scale', 'bias'].entries()) {
      const given = c.optional[i + 1];
      if (given && !sameShape(given.shape, shape.slice(axis))) {
        c.shapeError(
          `the ${name} does not fit, got ${formatShape(given.shape)}; expected ${formatShape(shape.slice(axis))}`,
        );
      }
    }
    const statistic: readonly Dim[] = shape.map((dim, i) => (i < axis ? dim : 1));
    return [
      { dtype, shape },
      { dtype, shape: statistic },
      { dtype, shape: statistic },
    ];
  },
  vjp: ({ b, x, dys, ys, attributes, optional, wants }) => {
    const dy = dys[0];
    if (!dy || dys[1] || dys[2]) {
      throw new NerError(
        'E_GRAPH_INVALID',
        'layerNormalization: mean and invStd have no gradient; expected use of the first output only',
      );
    }
    const rank = x[0]!.type.shape.length;
    const axis = normalizeAxes([attributes.axis], rank)![0]!;
    const axes = Array.from({ length: rank - axis }, (_, i) => axis + i);
    const [mean, invStd] = [ys[1]!, ys[2]!];
    const normal = b.Mul(b.Sub(x[0]!, mean), invStd);
    const dBias = optional[2] ? dy : null;
    const dScale = wants(1) ? b.Mul(dy, normal) : null;
    if (!wants(0)) return [null, dScale, dBias];
    // dx = invStd (g - mean(g) - n mean(g n)) with g = dy scale and n the normalised input.
    const g = b.Mul(dy, x[1]!);
    const meanG = b.ReduceMean(g, axes, { keepdims: 1 });
    const meanGn = b.ReduceMean(b.Mul(g, normal), axes, { keepdims: 1 });
    const dx = b.Mul(invStd, b.Sub(b.Sub(g, meanG), b.Mul(normal, meanGn)));
    return [dx, dScale, dBias];
  },
  evaluate: (c) => {
    const [x, scale] = [c.x[0]!, c.x[1]!];
    const { axis: from, epsilon } = c.attributes;
    const axis = normalizeAxes([from], x.shape.length)![0]!;
    const width = countOf(x.shape.slice(axis));
    const lines = x.data.length / width;
    const y = new Float64Array(x.data.length);
    const [means, invStds] = [new Float64Array(lines), new Float64Array(lines)];
    for (let line = 0; line < lines; line++) {
      const values = x.data.subarray(line * width, (line + 1) * width);
      const mean = values.reduce((sum, v) => sum + v, 0) / width;
      const variance = values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / width;
      const invStd = 1 / Math.sqrt(variance + epsilon);
      means[line] = mean;
      invStds[line] = invStd;
      for (let i = 0; i < width; i++) {
        y[line * width + i] = (values[i]! - mean) * invStd * scale.data[i]! + (c.optional[2]?.data[i] ?? 0);
      }
    }
    const statistic = x.shape.map((length, i) => (i < axis ? length : 1));
    return [
      { ...x, data: y },
      { dtype: 'float32', shape: statistic, data: means },
      { dtype: 'float32', shape: statistic, data: invStds },
    ];
  },
};
