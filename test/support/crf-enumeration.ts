import type { LinearChain } from '../../shared/decode/linear-chain.ts';
import { ndArray } from '../../training/engine/index.ts';
import { randomArray, type Feeds } from './engine.ts';
import { distribution, scoreOf } from './path-enumeration.ts';
import type { Rng } from '../../shared/random.ts';

/** Axes of a batch of CRF problems. `lengths` has the words of each row; the rest of its `time` places is padding. */
export interface CrfShape {
  readonly labels: number;
  readonly time: number;
  readonly lengths: readonly number[];
}

/** Random scores and gold tags; `scale` multiplies the emissions. Padding holds emissions and tags of no meaning. */
export function crfFeeds(rng: Rng, { labels, time, lengths }: CrfShape, scale = 1): Feeds {
  const batch = lengths.length;
  const emissions = randomArray(rng, [batch, time, labels]);
  const inside = lengths.flatMap((length) => Array.from({ length: time }, (_, t) => t < length));
  const nonsense = [-1, labels, 1_000, 0];
  return {
    emissions: { ...emissions, data: emissions.data.map((x) => Math.fround(x * scale)) },
    tags: ndArray(
      'int32',
      [batch, time],
      inside.map((word, i) => (word ? rng.int(labels) : nonsense[i % nonsense.length]!)),
    ),
    mask: ndArray('float32', [batch, time], inside.map(Number)),
    'crf.start': randomArray(rng, [labels]),
    'crf.end': randomArray(rng, [labels]),
    'crf.transitions': randomArray(rng, [labels, labels]),
  };
}

/**
 * The CRF loss by its definition: every path of every row is scored. The gradient of a score that paths add up is how
 * often paths are expected to use it, less how often the gold path does.
 */
export function enumeratedCrf(
  feeds: Feeds,
  { labels, time, lengths }: CrfShape,
): Readonly<Record<'loss' | 'd_emissions' | 'd_crf.start' | 'd_crf.end' | 'd_crf.transitions', Float64Array>> {
  const start = feeds['crf.start']!.data;
  const end = feeds['crf.end']!.data;
  const transitions = feeds['crf.transitions']!.data;
  const found = {
    loss: new Float64Array(1),
    d_emissions: new Float64Array(lengths.length * time * labels),
    'd_crf.start': new Float64Array(labels),
    'd_crf.end': new Float64Array(labels),
    'd_crf.transitions': new Float64Array(labels * labels),
  };
  lengths.forEach((length, row) => {
    const offset = row * time * labels;
    const emissions = Float32Array.from(feeds['emissions']!.data);
    const chain: LinearChain = { emissions, offset, length, labels, start, end, transitions };
    const gold = Array.from(feeds['tags']!.data.subarray(row * time, row * time + length));
    const { logPartition, paths } = distribution(chain);
    found.loss[0]! += logPartition - scoreOf(chain, gold);
    if (length === 0) return;
    for (const { path, probability } of [...paths, { path: gold, probability: -1 }]) {
      found['d_crf.start'][path[0]!]! += probability;
      found['d_crf.end'][path.at(-1)!]! += probability;
      path.forEach((label, t) => {
        found.d_emissions[offset + t * labels + label]! += probability;
        if (t > 0) found['d_crf.transitions'][path[t - 1]! * labels + label]! += probability;
      });
    }
  });
  return found;
}
