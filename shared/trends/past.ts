/** A name's own past: how large a share of all tweets mentioned it. */
export interface Past {
  /** Mean share, recent stretches weighing more. */
  readonly share: number;
  /** Standard deviation of the share beyond what chance alone does to counts that small. */
  readonly spread: number;
}

/** What the score says of a window. */
export interface Rise {
  readonly expected: number;
  /** Standard deviations above what was expected. */
  readonly score: number;
}

/** From this score on a name is said to rise. */
export const RISING_SCORE = 3;

/** Tweets by which any count may be off without anything having happened: keeps rare names from rising by a whim. */
const NOISE_TWEETS = 2;

/** A stretch of the past: tweets that mention the name, of how many. Oldest first. */
export interface Stretch {
  readonly tweets: number;
  readonly total: number;
}

/**
 * Mean and spread of a name's share of all tweets, each stretch weighing half of what one `halfLife` stretches later
 * weighs. Shares and not counts, so that the daily ebb and flow of the whole stream is no rise; what a name's own day
 * does to it widens the spread. From the spread goes what sampling explains, share / total by Poisson.
 */
export function pastOf(stretches: readonly Stretch[], halfLife: number): Past {
  let [weights, mean, tweets, totals] = [0, 0, 0, 0];
  const weighted = stretches.map((stretch, i) => ({
    ...stretch,
    weight: 2 ** ((i + 1 - stretches.length) / halfLife),
  }));
  for (const { tweets: n, total, weight } of weighted) {
    if (total === 0) continue;
    weights += weight;
    tweets += weight * n;
    totals += weight * total;
  }
  if (weights === 0) return { share: 0, spread: 0 };
  mean = tweets / totals;
  let variance = 0;
  let sampling = 0;
  for (const { tweets: n, total, weight } of weighted) {
    if (total === 0) continue;
    variance += (weight / weights) * (n / total - mean) ** 2;
    sampling += (weight / weights) * (mean / total);
  }
  return { share: mean, spread: Math.sqrt(Math.max(0, variance - sampling)) };
}

/**
 * How unusual `tweets` of `total` are for that past:
 *
 *     score = (tweets - expected) / sqrt(expected + (total spread)^2 + noise^2), expected = total share
 *
 * The z-score against exponentially weighted mean and variance with a bias for rare names of SigniTrend (Schubert,
 * Weiler and Kriegel 2014, https://doi.org/10.1145/2623330.2623740, eq. 4 to 6), with the Poisson variance of the count
 * beside the variance between stretches, since window and stretches differ in length. A frequent steady name scores
 * about 0 however frequent it is; a new one scores tweets / noise and so needs six.
 */
export function riseOf({ tweets, total }: Stretch, { share, spread }: Past): Rise {
  const expected = total * share;
  const deviation = Math.sqrt(expected + (total * spread) ** 2 + NOISE_TWEETS ** 2);
  return { expected, score: (tweets - expected) / deviation };
}

/** The most tweets of `total` that would not surprise, in a step that is `part` of a window long: a chart's usual range. */
export function usualHigh(total: number, { share, spread }: Past, part: number): number {
  const expected = total * share;
  return expected + RISING_SCORE * Math.sqrt(expected + (total * spread) ** 2 + (part * NOISE_TWEETS) ** 2);
}

/**
 * The index at which a rise began, of steps that end now: where the last run of the cumulative sum started (CUSUM, Page
 * 1954, https://doi.org/10.1093/biomet/41.1-2.100), with the reference value of Lucas 1985
 * (https://doi.org/10.1080/00401706.1985.10488030) for Poisson counts, k = (b - a) / ln(b / a), between the expected
 * rate a and the rate b of the window.
 */
export function riseStart(steps: readonly Stretch[], past: Past, window: Stretch): number {
  const usual = Math.max(past.share, 0.5 / Math.max(1, window.total));
  const now = Math.max(window.tweets / Math.max(1, window.total), 2 * usual);
  const reference = (now - usual) / Math.log(now / usual);
  let sum = 0;
  let start = steps.length - 1;
  for (const [i, { tweets, total }] of steps.entries()) {
    if (sum === 0) start = i;
    sum = Math.max(0, sum + tweets - total * reference);
  }
  // A run that ended now began where the window did: then the last step with a tweet stands for it.
  if (sum > 0) return start;
  const last = steps.findLastIndex(({ tweets }) => tweets > 0);
  return last < 0 ? steps.length - 1 : last;
}
