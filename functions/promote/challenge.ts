import type { Comparison, Decision, PromotionGate } from '../../shared/contracts/promotion.ts';
import { NerError } from '../../shared/ner-error.ts';
import type { Registry } from '../../shared/registry/registry.ts';
import { compareEvaluations } from './compare-evaluations.ts';
import type { Evaluations } from './evaluations.ts';
import type { FrozenTestSet } from './frozen-tests.ts';
import { judge, type Judgement } from './gate.ts';

export interface ChallengeOptions {
  readonly registry: Pick<Registry, 'current' | 'promote'>;
  readonly evaluations: Pick<Evaluations, 'of'>;
  readonly gate: PromotionGate;
  /** Whether a candidate that passes is made current; otherwise it awaits an approval. */
  readonly promotes: boolean;
}

/** A published model that wants to be current. */
export interface Candidate {
  readonly modelId: string;
  /** What it is measured on; the test set of its own dataset comes first. */
  readonly tests: readonly FrozenTestSet[];
  /** A champion that somebody has seen it compared with, and said yes to; null for none. */
  readonly approvedOver?: string | null | undefined;
}

/** What came of it, as it stands in a decision. */
export type Outcome = Pick<Decision, 'verdict' | 'reason' | 'champion' | 'comparison'>;

/** How often the champion may change under a candidate's eyes before its event has to come again. */
const MAX_TRIES = 5;

/**
 * Measures a candidate against the model that is current, and lets it take that one's place if the gate says so. If another
 * model becomes current meanwhile, it is that one which has to be beaten.
 *
 * @throws {E_STORE_CONFLICT} the current model changed at every try
 */
export async function challenge(candidate: Candidate, options: ChallengeOptions): Promise<Outcome> {
  const { registry, promotes } = options;
  const { modelId, approvedOver } = candidate;
  for (let tries = 1; ; tries++) {
    const pointer = (await registry.current())?.pointer;
    const champion = pointer?.modelId ?? null;
    if (champion === modelId) return alreadyCurrent(candidate, pointer?.previous ?? null, options);
    if (pointer?.previous === modelId) {
      return { verdict: 'promoted', reason: `it was current until ${pointer.modelId} took its place` };
    }
    const { comparison, passes, reason } = await measure(candidate, champion, options);
    if (!passes && approvedOver !== champion) return { verdict: 'refused', reason, champion, comparison };
    if (!promotes) return { verdict: 'awaiting approval', reason, champion, comparison };
    try {
      await registry.promote(modelId, { ifCurrent: champion });
      return { verdict: 'promoted', reason, champion, comparison };
    } catch (error) {
      const isLost = error instanceof NerError && error.code === 'E_STORE_CONFLICT';
      if (!isLost || tries === MAX_TRIES) throw error;
    }
  }
}

/** The process died after it moved the pointer and before it said so, or somebody else made the model current. */
async function alreadyCurrent(
  candidate: Candidate,
  previous: string | null,
  options: ChallengeOptions,
): Promise<Outcome> {
  const { comparison, passes, reason } = await measure(candidate, previous, options);
  const verdict = 'promoted';
  return { verdict, reason: passes ? reason : `it is current already; ${reason}`, champion: previous, comparison };
}

/** On each test set in turn, up to the first that the candidate fails on; where it fails on none, what its own one says. */
async function measure(
  { modelId, tests }: Candidate,
  champion: string | null,
  { evaluations, gate }: ChallengeOptions,
): Promise<Judgement & { readonly comparison: Comparison }> {
  const own = await evaluations.of(modelId, tests);
  const others = champion === null ? undefined : await evaluations.of(champion, tests);
  const judged: (Judgement & { readonly comparison: Comparison })[] = [];
  for (const [index, { name, sentences }] of tests.entries()) {
    const gold = sentences.map(({ tags }) => tags);
    const comparison = await compareEvaluations({ gold, candidate: own[index]!, champion: others?.[index] });
    const { passes, reason } = judge(comparison, gate);
    judged.push({ comparison, passes, reason: `on the test set of ${name}: ${reason}` });
    if (!passes) return judged[index]!;
  }
  return judged[0]!;
}
