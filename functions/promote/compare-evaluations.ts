import type { Comparison, Evaluation } from '../../shared/contracts/promotion.ts';
import { entityReport } from '../../shared/evaluation/evaluation-report.ts';
import { pairedBootstrapSteps } from '../../shared/evaluation/paired-bootstrap.ts';
import type { TaggedSentences } from '../../shared/evaluation/corpus-entities.ts';
import type { Figures } from '../../shared/evaluation/figures.ts';
import { inTurns } from '../../shared/event-loop/steps.ts';
import { createRng } from '../../shared/random.ts';

export interface ComparedEvaluations {
  readonly gold: TaggedSentences;
  readonly candidate: Evaluation;
  /** Left out where no model is current. */
  readonly champion?: Evaluation | undefined;
}

/**
 * A candidate against the champion by the tags that both gave to a frozen test set. The same evaluations give the same
 * comparison. Entities of types that a model has no labels for count as missed.
 */
export async function compareEvaluations({ gold, candidate, champion }: ComparedEvaluations): Promise<Comparison> {
  const predicted = tagsOf(candidate);
  const { micro, perType } = entityReport(gold, predicted, { mode: 'default' });
  const of = { test: candidate.test, sentences: gold.length, f1: micro.f1 };
  if (champion === undefined) {
    return { ...of, championF1: null, difference: null, interval: null, types: typeFigures(perType, undefined) };
  }
  const against = tagsOf(champion);
  // The bootstrap takes seconds, and the thread may be the host's.
  const paired = await inTurns(
    pairedBootstrapSteps({ gold, predicted, against, rng: createRng(0, 'paired bootstrap') }),
  );
  const { againstF1: championF1, difference, interval } = paired;
  const others = entityReport(gold, against, { mode: 'default' }).perType;
  return { ...of, championF1, difference, interval, types: typeFigures(perType, others) };
}

function tagsOf({ labels, tags }: Evaluation): TaggedSentences {
  return tags.map((sentence) => sentence.map((index) => labels[index]!));
}

type PerType = Readonly<Record<string, Figures>>;

/** All types of gold and of either prediction. A type that one side does not have at all has an F1 of 0 there. */
function typeFigures(candidate: PerType, champion: PerType | undefined): Comparison['types'] {
  const names = [...new Set([...Object.keys(candidate), ...Object.keys(champion ?? {})])].sort();
  return Object.fromEntries(
    names.map((name) => {
      const [own, other] = [candidate[name], champion?.[name]];
      const championF1 = champion === undefined ? null : (other?.f1 ?? 0);
      return [name, { f1: own?.f1 ?? 0, championF1, support: (own ?? other)!.support }];
    }),
  );
}
