import type { RunRecord } from '../contracts/run.ts';
import type { SplitMetrics } from '../contracts/manifest.ts';
import { canonicalJson } from '../model/canonical-json.ts';

/** Something of two runs that is not the same; undefined where a run has no such thing. */
export interface RunDifference {
  /** Dotted path, such as `settings.train.learningRate`. */
  readonly path: string;
  readonly a: unknown;
  readonly b: unknown;
}

/** Figures of a split in both runs; undefined where a run has none. */
export interface RunFigures {
  readonly split: string;
  /** Whether both were measured on the same bytes: otherwise the figures do not compare. */
  readonly sameData: boolean;
  readonly a: SplitMetrics | undefined;
  readonly b: SplitMetrics | undefined;
}

export interface RunComparison {
  /** Recipe, settings, seed, versions and machine. */
  readonly settings: readonly RunDifference[];
  readonly data: readonly RunDifference[];
  readonly figures: readonly RunFigures[];
}

/** What two runs differ in, in the order of the paths, and their figures side by side. */
export function compareRuns(a: RunRecord, b: RunRecord): RunComparison {
  const splits = [...new Set([...Object.keys(a.metrics), ...Object.keys(b.metrics)])];
  return {
    settings: differences(choices(a), choices(b)),
    data: differences(leavesOf(a.data), leavesOf(b.data)),
    figures: splits.map((split) => ({
      split,
      sameData: sameData(a, b, split),
      a: a.metrics[split],
      b: b.metrics[split],
    })),
  };
}

/** Whatever was chosen, or may have changed what came out. */
function choices({ kind, recipe, settings, seed, device, engine, machine }: RunRecord): ReadonlyMap<string, unknown> {
  return leavesOf({ kind, recipe, settings, seed, device, engine, machine });
}

function sameData(a: RunRecord, b: RunRecord, split: string): boolean {
  if (split !== 'train' && split !== 'dev' && split !== 'test') return false;
  const hash = a.data[split]?.sha256;
  return hash !== undefined && hash === b.data[split]?.sha256;
}

function differences(a: ReadonlyMap<string, unknown>, b: ReadonlyMap<string, unknown>): readonly RunDifference[] {
  const paths = [...new Set([...a.keys(), ...b.keys()])].sort();
  return paths.flatMap((path) => {
    const [left, right] = [a.get(path), b.get(path)];
    const isSame = canonicalJson({ value: left }) === canonicalJson({ value: right });
    return isSame ? [] : [{ path, a: left, b: right }];
  });
}

/** Values by dotted path; lists are one value. */
function leavesOf(tree: object): ReadonlyMap<string, unknown> {
  const leaves = new Map<string, unknown>();
  const walk = (value: unknown, path: string): void => {
    const isTree = typeof value === 'object' && value !== null && !Array.isArray(value);
    if (!isTree || Object.keys(value).length === 0) {
      if (value !== undefined) leaves.set(path, value);
      return;
    }
    for (const [key, part] of Object.entries(value)) walk(part, path === '' ? key : `${path}.${key}`);
  };
  walk(tree, '');
  return leaves;
}
