import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** A seeded stream of random numbers. Every random choice in Tagwright takes one; `Math.random` is never used. */
export interface Rng {
  /** Uniform in [0, 1). */
  uniform(): number;
  /** Uniform integer in [0, n); n >= 1. */
  int(n: number): number;
  /** Standard normal, by Box and Muller 1958. */
  normal(): number;
  /** The items in a random order (Fisher and Yates), as a new array. */
  shuffle<T>(items: readonly T[]): T[];
  /** An independent stream for `label`: the same parent seed and label give the same stream, whatever was drawn. */
  fork(label: string): Rng;
}

/** A stream seeded with a number and an optional label. */
export function createRng(seed: number, label = ''): Rng {
  return fromPath(`${seed}:${label}`);
}

/**
 * The generator's first output is its seed as it is, and FNV-1a of labels that differ in their last character alone
 * differs little: without more mixing, forks for 'epoch 1' and 'epoch 2' would begin alike.
 */
function fromPath(path: string): Rng {
  return fromGenerator(xoroshiro128plus(finalize(fnv1a(path))), path);
}

/** The finaliser of MurmurHash3, 32 bits: each bit of the input changes each of the output with probability 1/2. */
function finalize(hash: number): number {
  let h = hash ^ (hash >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/** FNV-1a, 32 bits, over UTF-16 code units (http://www.isthe.com/chongo/tech/comp/fnv/). */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash;
}

function fromGenerator(generator: ReturnType<typeof xoroshiro128plus>, path: string): Rng {
  const rng: Rng = {
    uniform: () => uniformFloat64(generator),
    int: (n) => uniformInt(generator, 0, n - 1),
    // 1 - u lies in (0, 1], so the logarithm is finite.
    normal: () => Math.sqrt(-2 * Math.log(1 - rng.uniform())) * Math.cos(2 * Math.PI * rng.uniform()),
    shuffle: (items) => {
      const out = [...items];
      for (let i = out.length - 1; i > 0; i--) {
        const j = rng.int(i + 1);
        [out[i], out[j]] = [out[j]!, out[i]!];
      }
      return out;
    },
    fork: (label) => fromPath(`${path}/${label}`),
  };
  return rng;
}
