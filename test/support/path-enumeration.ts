import type { LinearChain } from '../../shared/decode/linear-chain.ts';
import type { Rng } from '../../shared/random.ts';

/** Every sequence of `length` labels, in the order of counting. */
export function allPaths(length: number, labels: number): number[][] {
  let paths: number[][] = [[]];
  for (let t = 0; t < length; t++) {
    paths = paths.flatMap((path) => Array.from({ length: labels }, (_, y) => [...path, y]));
  }
  return paths;
}

/** The score of a path by its definition: start, emissions, transitions, end. */
export function scoreOf(chain: LinearChain, path: readonly number[]): number {
  if (path.length === 0) return 0;
  const { emissions, offset = 0, labels, start, end, transitions } = chain;
  let score = start[path[0]!]! + end[path.at(-1)!]!;
  path.forEach((label, t) => {
    score += emissions[offset + t * labels + label]!;
    if (t > 0) score += transitions[path[t - 1]! * labels + label]!;
  });
  return score;
}

/** Whether a chain's constraints allow the path, read off label by label. */
export function isAllowed(chain: LinearChain, path: readonly number[]): boolean {
  const rules = chain.constraints;
  if (rules === undefined) return true;
  return path.every((label, t) => {
    if (t === 0) return rules.start[label] === 1;
    return rules.predecessors.subarray(rules.first[label], rules.first[label + 1]).includes(path[t - 1]!);
  });
}

/** Paths that the chain allows, each with its probability at this temperature, and the log of the partition sum. */
export function distribution(
  chain: LinearChain,
  temperature = 1,
): { readonly logPartition: number; readonly paths: readonly { path: readonly number[]; probability: number }[] } {
  const weighed = allPaths(chain.length, chain.labels)
    .filter((path) => isAllowed(chain, path))
    .map((path) => ({ path, weight: Math.exp(scoreOf(chain, path) / temperature) }));
  const partition = weighed.reduce((sum, { weight }) => sum + weight, 0);
  return {
    logPartition: Math.log(partition),
    paths: weighed.map(({ path, weight }) => ({ path, probability: weight / partition })),
  };
}

/** A chain of random scores, normal with this spread; two unused numbers stand before the emissions. */
export function randomChain(rng: Rng, length: number, labels: number): LinearChain {
  const normals = (count: number): number[] => Array.from({ length: count }, () => 2 * rng.normal());
  return {
    emissions: Float32Array.from([99, -99, ...normals(length * labels)]),
    offset: 2,
    length,
    labels,
    start: Float64Array.from(normals(labels)),
    end: Float64Array.from(normals(labels)),
    transitions: Float64Array.from(normals(labels * labels)),
  };
}
