import type { Quantizer } from '../engine/index.ts';
import type { ChannelStatistics } from './activation-statistics.ts';

/** Numbers of eight bits: steps between the 256 levels of an activation, and between a column's greatest weight and 0. */
const LEVELS = 255;
const WEIGHT_LEVELS = 127;

/**
 * How much of the difference in size between channels goes to the weights: with s_c = most_c^a / weight_c^(1 - a), the
 * activation is divided by s and the rows of the weights are multiplied by it (Xiao et al. 2023, SmoothQuant, eq. 4,
 * https://arxiv.org/abs/2211.10438). Without: every channel as it is.
 */
const STRENGTHS = [undefined, 0.5, 0.6, 0.7, 0.8, 0.9, 1] as const;

/** By what share the error must fall for a multiplication of the activation to be worth its time. */
const LEAST_GAIN = 0.15;

/** All weights that one activation is multiplied by, side by side: [nIn, nOut], row-major. */
export interface JoinedWeights {
  readonly data: Float32Array;
  readonly nOut: number;
}

/**
 * The quantizer with the least expected error of the products. Its 256 levels reach from the least to the greatest number
 * that was measured, 0 among them, so that what is 0 stays 0.
 */
export function chooseQuantizer(statistics: ChannelStatistics, weights: JoinedWeights): Quantizer {
  const [plain, ...scaled] = STRENGTHS.map((strength) => {
    const multiplier = strength === undefined ? undefined : multipliers(statistics, weights, strength);
    const quantizer = rangeOf(statistics, multiplier);
    return { quantizer, error: expectedError(quantizer, statistics, weights) };
  });
  const best = scaled.reduce((a, b) => (b.error < a.error ? b : a));
  return best.error < (1 - LEAST_GAIN) ** 2 * plain!.error ? best.quantizer : plain!.quantizer;
}

/** 1 / s for each channel. */
function multipliers({ low, high }: ChannelStatistics, weights: JoinedWeights, strength: number): Float32Array {
  const { data, nOut } = weights;
  return low.map((least, channel) => {
    const most = Math.max(-least, high[channel]!);
    const row = data.subarray(channel * nOut, (channel + 1) * nOut);
    const weight = row.reduce((a, w) => Math.max(a, Math.abs(w)), 0);
    // A channel without numbers or without weights adds nothing, whatever it is multiplied by.
    return most > 0 && weight > 0 ? weight ** (1 - strength) / most ** strength : 1;
  });
}

function rangeOf({ low, high }: ChannelStatistics, multiplier: Float32Array | undefined): Quantizer {
  const of = (channel: number): number => multiplier?.[channel] ?? 1;
  const least = low.reduce((a, x, channel) => Math.min(a, x * of(channel)), 0);
  const most = high.reduce((a, x, channel) => Math.max(a, x * of(channel)), 0);
  const scale = Math.fround((most - least) / LEVELS) || 1;
  return { scale, zero: Math.round((0 - least) / scale), ...(multiplier === undefined ? {} : { multiplier }) };
}

/**
 * The sum over columns of the variance that rounding adds to a product, a step being uniform noise of step^2 / 12:
 *
 *     sum_c ( scale^2 w_co^2 + E[a_c^2] scale_o^2 ) / 12
 *
 * with a and w as they are multiplied and scale_o that of the column.
 */
function expectedError(
  { scale, multiplier }: Quantizer,
  statistics: ChannelStatistics,
  weights: JoinedWeights,
): number {
  const { data, nOut } = weights;
  const greatest = new Float64Array(nOut);
  let [sum, energy] = [0, 0];
  statistics.meanSquare.forEach((square, channel) => {
    const factor = multiplier?.[channel] ?? 1;
    energy += square * factor ** 2;
    for (let column = 0; column < nOut; column++) {
      const weight = Math.abs(data[channel * nOut + column]! / factor);
      sum += weight ** 2;
      if (weight > greatest[column]!) greatest[column] = weight;
    }
  });
  const steps = greatest.reduce((total, most) => total + (most / WEIGHT_LEVELS) ** 2, 0);
  return (scale ** 2 * sum + energy * steps) / 12;
}
