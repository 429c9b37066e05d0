import type { Quantizer } from '../engine/index.ts';
import type { ChannelRanges } from './activation-ranges.ts';

/** Numbers of eight bits. */
const LEVELS = 255;

/**
 * The quantizer whose 256 levels reach from the least to the greatest number that was measured, 0 among them, so that what
 * is 0 stays 0.
 */
export function chooseQuantizer({ low, high }: ChannelRanges): Quantizer {
  const least = low.reduce((a, b) => Math.min(a, b), 0);
  const most = high.reduce((a, b) => Math.max(a, b), 0);
  const scale = Math.fround((most - least) / LEVELS) || 1;
  return { scale, zero: Math.round((0 - least) / scale) };
}
