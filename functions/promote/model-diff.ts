import type { Manifest } from '../../shared/contracts/manifest.ts';
import type { Comparison, Decision } from '../../shared/contracts/promotion.ts';
import { NerError } from '../../shared/ner-error.ts';
import type { Registry } from '../../shared/registry/registry.ts';
import type { ObjectStore } from '../../shared/store/object-store.ts';
import { compareEvaluations } from './compare-evaluations.ts';
import { createDecisions } from './decisions.ts';
import { readEvaluation } from './evaluations.ts';
import { readAllFrozenTests } from './frozen-tests.ts';

/** What is known of a model, by a dotted path; a list is one fact. */
export type Facts = ReadonlyMap<string, string | number | boolean | null>;

/** A fact that differs; null where a model does not have it. */
export interface Difference {
  readonly what: string;
  readonly a: string | number | boolean | null;
  readonly b: string | number | boolean | null;
}

/** Two published models side by side. */
export interface ModelDiff {
  readonly a: string;
  readonly b: string;
  readonly differences: readonly Difference[];
  /** How many facts are the same. */
  readonly same: number;
  /** B, as the candidate, against A on every frozen test set that both were measured on. */
  readonly tests: readonly { readonly dataset: string; readonly comparison: Comparison }[];
}

/**
 * What two models differ in: settings, data, figures, labels, sizes, versions, decisions; and how B does against A, by the
 * tags that were kept when they were measured. Nothing is measured anew.
 *
 * @throws {E_MODEL_UNKNOWN} a model is not published
 */
export async function diffModels(
  { store, registry }: { readonly store: ObjectStore; readonly registry: Pick<Registry, 'list'> },
  [a, b]: readonly [string, string],
): Promise<ModelDiff> {
  const { models } = await registry.list();
  const decisions = await createDecisions(store).list();
  const factsOf = (id: string): Facts => {
    const found = models.find(({ manifest }) => manifest.id === id);
    if (found === undefined) throw unknownModel(id);
    const decision = decisions.find(({ modelId }) => modelId === id);
    return modelFacts(found.manifest, { sizeBytes: found.sizeBytes, decision });
  };
  const [ofA, ofB] = [factsOf(a), factsOf(b)];
  const all = bySection([...new Set([...ofA.keys(), ...ofB.keys()])]);
  const differences = all
    .map((what) => ({ what, a: ofA.get(what) ?? null, b: ofB.get(what) ?? null }))
    .filter((fact) => fact.a !== fact.b);
  return { a, b, differences, same: all.length - differences.length, tests: await compareOnTests(store, [a, b]) };
}

function modelFacts(
  { engine, labels, head, graph, features, temperature, data, recipe, seed, metrics }: Manifest,
  about: { readonly sizeBytes: number; readonly decision: Decision | undefined },
): Facts {
  const splits = Object.entries(metrics).map(([split, { entity, tokenAccuracy }]) => {
    const { precision, recall, f1 } = entity;
    return [split, { precision, recall, f1, tokenAccuracy }] as const;
  });
  return flatten({
    dataset: about.decision === undefined ? null : Object.values(about.decision.dataset).join('/'),
    verdict: about.decision?.verdict ?? null,
    metrics: Object.fromEntries(splits),
    data,
    types: labels.flatMap((label) => (label.startsWith('B-') ? [label.slice(2)] : [])).sort(),
    size: { bytes: about.sizeBytes, precision: graph.precision },
    model: { head: head.kind, features: features.kind, temperature },
    settings: { ...recipe, seed },
    engine,
  });
}

/** What only the second model has stands with the others of its section. */
function bySection(paths: readonly string[]): readonly string[] {
  const sections = Map.groupBy(paths, (path) => path.split('.', 1)[0]);
  return [...sections.values()].flat();
}

function flatten(value: unknown, path: readonly string[] = []): Facts {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return new Map(Object.entries(value).flatMap(([key, item]) => [...flatten(item, [...path, key])]));
  }
  const isPlain = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
  const isNames = Array.isArray(value) && value.every((item) => typeof item === 'string');
  const plain = isPlain || value === null ? value : isNames ? value.join(', ') : JSON.stringify(value);
  return new Map([[path.join('.'), plain]]);
}

async function compareOnTests(store: ObjectStore, [a, b]: readonly [string, string]): Promise<ModelDiff['tests']> {
  const tests: ModelDiff['tests'][number][] = [];
  for (const test of await readAllFrozenTests(store)) {
    const [champion, candidate] = [await readEvaluation(store, a, test), await readEvaluation(store, b, test)];
    if (candidate === undefined || champion === undefined) continue;
    const gold = test.sentences.map(({ tags }) => tags);
    tests.push({ dataset: test.name, comparison: await compareEvaluations({ gold, candidate, champion }) });
  }
  return tests;
}

function unknownModel(id: string): NerError {
  return new NerError(
    'E_MODEL_UNKNOWN',
    `models: diff: there is no model ${JSON.stringify(id)} that can be used; expected the id of a published one. \`tagwright models\` lists them.`,
  );
}
