import type { Figures } from '../shared/evaluation/figures.ts';
import { repairOrphans } from '../shared/labels/repair.ts';
import { spansOf } from '../shared/labels/spans.ts';
import type { LoadedModel } from '../shared/model/load-model.ts';
import { chainFigures, type ChainFigures } from '../shared/places/chain-figures.ts';
import { placesIn } from '../shared/places/place-phrases.ts';
import { scoredPlaces, withRoles, type FirstTagged } from '../shared/places/target-chain.ts';
import { readTargetReviews, type TargetReview } from '../training/data/target-reviews.ts';
import { targetTagger } from './place-parts.ts';
import { textTable } from './text-table.ts';

export interface ChainModels {
  /** Undefined: the tags of the file, which another first tagger made. */
  readonly first: LoadedModel | undefined;
  readonly types: ReadonlySet<string>;
  readonly target: LoadedModel;
}

/**
 * Measures the chain on a step-4 file, and gives its figures as text or JSON.
 *
 * @throws what `readTargetReviews` throws
 */
export async function measureChain(
  file: string,
  { json, ...models }: ChainModels & { readonly json: boolean },
): Promise<string> {
  const reviews = await readTargetReviews(file);
  const chained = await withRoles(await firstTagged(reviews, models), targetTagger(models.target));
  const figures = chainFigures(
    chained.map(({ roles }, i) => ({ gold: spansOf(repairOrphans(reviews[i]!.tags).tags), found: roles })),
  );
  const unmet = chained.reduce((sum, sentence) => sum + sentence.unmet, 0);
  const first = models.first?.manifest.id ?? 'the tags of the file';
  const about = { file, model: first, targetModel: models.target.manifest.id, unmet };
  return json ? `${JSON.stringify({ ...about, ...figures }, null, 2)}\n` : asText(about, figures);
}

async function firstTagged(
  reviews: readonly TargetReview[],
  { first, types }: ChainModels,
): Promise<readonly FirstTagged[]> {
  if (first === undefined) {
    return reviews.map(({ words, oldTags, oldScores }) => ({
      words,
      places: placesIn(oldTags, types).map((place) => ({ ...place, score: oldScores[place.start]! })),
    }));
  }
  const tagged = await first.predictor.predictScored(reviews.map(({ words }) => words));
  return reviews.map(({ words }, i) => ({ words, places: scoredPlaces(tagged[i]!, types) }));
}

interface About {
  readonly file: string;
  readonly model: string;
  readonly targetModel: string;
  readonly unmet: number;
}

const percent = (share: number): string => (100 * share).toFixed(1);

function asText({ file, model, targetModel, unmet }: About, figures: ChainFigures): string {
  const rows: readonly (readonly [string, Figures])[] = [
    ['target', figures.target],
    ['incidental', figures.incidental],
    ['both', figures.both],
    ['whatever the role', figures.anyRole],
    ...figures.thresholds
      .filter(({ atLeast }) => atLeast > 0)
      .map(({ atLeast, both }) => [`both, at least ${atLeast.toFixed(1)} sure`, both] as const),
  ];
  const numbers = ['PRECISION', 'RECALL', 'F1', 'SPANS'].map((title) => ({ title, align: 'right' as const }));
  const { confidence } = figures;
  return [
    `Places by: ${model}\nRoles by: ${targetModel}\nFile: ${file}, ${figures.sentences} reviews\n`,
    `Spans of the second tagger that met no place, dropped: ${unmet}\n\n`,
    textTable(
      [{ title: 'PER CENT' }, ...numbers],
      rows.map(([name, { precision, recall, f1, support }]) => [
        name,
        ...[precision, recall, f1].map(percent),
        String(support),
      ]),
    ),
    `\nSpans found, by how sure the second tagger was; expected calibration error ${percent(confidence.ece)} %\n`,
    textTable(
      [{ title: 'SURE' }, ...['SPANS', 'MEAN', 'RIGHT'].map((title) => ({ title, align: 'right' as const }))],
      confidence.bins
        .filter(({ count }) => count > 0)
        .map(({ low, high, count, confidence: mean, accuracy }) => [
          `${percent(low)} to ${percent(high)}`,
          String(count),
          percent(mean!),
          percent(accuracy!),
        ]),
    ),
  ].join('');
}
