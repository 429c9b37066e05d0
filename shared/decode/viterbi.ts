import { atOnce, type Steps } from '../event-loop/steps.ts';
import { NerError } from '../ner-error.ts';
import { noConstraints, type Constraints } from './constraints.ts';
import { checkChain, WORDS_PER_STEP, type LinearChain } from './linear-chain.ts';

/** The best path of a sentence. */
export interface ViterbiResult {
  /** Label of each word. */
  readonly path: Int32Array; // [T]
  /** Score of that path in log space, not normalised; 0 for a sentence of no words. */
  readonly score: number;
}

/** Memory that calls reuse; it grows to the largest sentence seen. One for each thread is enough. */
export interface ViterbiWorkspace {
  /** Labels that the workspace is made for at present. */
  labels: number;
  /** Score of the best path that ends with a label at a word. */
  best: Float64Array; // [T, L]
  /** Transition scores in the order of the predecessor lists: the inner loop reads them one after the other. */
  transitions: Float64Array; // up to [L, L]
  free: Constraints;
}

/** An empty workspace. */
export function createViterbiWorkspace(): ViterbiWorkspace {
  return { labels: 0, best: new Float64Array(0), transitions: new Float64Array(0), free: noConstraints(0) };
}

/** A call runs to its end before the next one begins, so calls without a workspace of their own may share this one. */
const sharedWorkspace = createViterbiWorkspace();

/**
 * The path with the highest score, by dynamic programming in float64 (Viterbi 1967; the score is that of LinearChain).
 * With constraints, the best path among the allowed ones. Of paths with equal scores it takes the one whose last label
 * has the lowest index, then the one before last, and so on.
 *
 * @throws {E_SHAPE_MISMATCH} when array sizes do not fit `length` and `labels`.
 * @throws {E_INTERNAL} when an emission is not a number or no path has a finite score: the model is broken.
 */
export function viterbi(chain: LinearChain, workspace: ViterbiWorkspace = sharedWorkspace): ViterbiResult {
  return atOnce(viterbiSteps(chain, workspace));
}

/** `viterbi` in steps of WORDS_PER_STEP words; between them nothing else may use the workspace. */
export function* viterbiSteps(chain: LinearChain, workspace: ViterbiWorkspace): Steps<ViterbiResult> {
  checkChain('viterbi', chain);
  const { length, labels } = chain;
  if (length === 0) return { path: new Int32Array(0), score: 0 };
  reserve(workspace, length, labels);
  const rules = chain.constraints ?? workspace.free;
  gather(chain, rules, workspace.transitions);
  let finite = true;
  for (let start = 0; start < length; start += WORDS_PER_STEP) {
    if (start > 0) yield;
    const end = Math.min(length, start + WORDS_PER_STEP);
    finite = forward(chain, [start, end], { rules, workspace }) && finite;
  }

  const last = (length - 1) * labels;
  let score = -Infinity;
  let label = 0;
  for (let y = 0; y < labels; y++) {
    const total = workspace.best[last + y]! + chain.end[y]!;
    if (total > score) {
      score = total;
      label = y;
    }
  }
  if (!finite || !Number.isFinite(score)) throw broken(chain);
  return { path: backtrack(label, rules, { workspace, length }), score };
}

/**
 * best[t, y] = e[t, y] + max over allowed x of best[t-1, x] + T[x, y], for the words [from, to). False when an emission is
 * not a number.
 */
function forward(
  chain: LinearChain,
  [from, to]: readonly [from: number, to: number],
  { rules, workspace }: { readonly rules: Constraints; readonly workspace: ViterbiWorkspace },
): boolean {
  const { emissions, offset = 0, labels } = chain;
  const { best, transitions } = workspace;
  const { first, predecessors, start } = rules;
  let sum = 0;
  for (let y = 0; from === 0 && y < labels; y++) {
    const emission = emissions[offset + y]!;
    sum += emission;
    best[y] = start[y] === 1 ? chain.start[y]! + emission : -Infinity;
  }
  for (let row = Math.max(1, from) * labels; row < to * labels; row += labels) {
    const before = row - labels;
    let i = 0;
    for (let y = 0; y < labels; y++) {
      const stop = first[y + 1]!;
      let largest = -Infinity;
      for (; i < stop; i++) {
        const score = best[before + predecessors[i]!]! + transitions[i]!;
        if (score > largest) largest = score;
      }
      const emission = emissions[offset + row + y]!;
      sum += emission;
      best[row + y] = largest + emission;
    }
  }
  return !Number.isNaN(sum);
}

/** Finds again, along the best path only, which label each maximum came from: cheaper than to note all of them. */
function backtrack(
  last: number,
  { first, predecessors }: Constraints,
  { workspace, length }: { readonly workspace: ViterbiWorkspace; readonly length: number },
): Int32Array {
  const { best, transitions, labels } = workspace;
  const path = new Int32Array(length);
  let label = last;
  for (let t = length - 1; t > 0; t--) {
    path[t] = label;
    const before = (t - 1) * labels;
    const stop = first[label + 1]!;
    let largest = -Infinity;
    let from = 0;
    for (let i = first[label]!; i < stop; i++) {
      const score = best[before + predecessors[i]!]! + transitions[i]!;
      if (score > largest) {
        largest = score;
        from = predecessors[i]!;
      }
    }
    label = from;
  }
  path[0] = label;
  return path;
}

function reserve(workspace: ViterbiWorkspace, length: number, labels: number): void {
  if (workspace.labels !== labels) {
    workspace.labels = labels;
    workspace.transitions = new Float64Array(labels * labels);
    workspace.free = noConstraints(labels);
  }
  if (workspace.best.length < length * labels) workspace.best = new Float64Array(length * labels);
}

function gather({ labels, transitions }: LinearChain, { first, predecessors }: Constraints, into: Float64Array): void {
  for (let to = 0; to < labels; to++) {
    const stop = first[to + 1]!;
    for (let i = first[to]!; i < stop; i++) into[i] = transitions[predecessors[i]! * labels + to]!;
  }
}

function broken(chain: LinearChain): NerError {
  return new NerError(
    'E_INTERNAL',
    `internal: viterbi: no path over ${chain.length} words and ${chain.labels} labels has a finite score; ` +
      'expected emissions and head without NaN. Check the model with `tagwright evaluate` and report this.',
  );
}
