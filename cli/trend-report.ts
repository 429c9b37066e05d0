import type { Merge, Trend, TrendsResponse, TrendWindow } from '../shared/contracts/trends.ts';
import { RISING_SCORE } from '../shared/trends/past.ts';
import { textTable } from './text-table.ts';

const WINDOW_TEXTS: Readonly<Record<TrendWindow, string>> = { '10m': '10 minutes', '1h': 'hour', '1d': 'day' };

/** Eighths of a line, from nothing to full. */
const BARS = '▁▂▃▄▅▆▇█';

/** Characters of the small chart. */
const CHART_WIDTH = 18;

/** Trends as a table with its heading. `shown` has the most frequent names where nothing rises. */
export function trendReport(answer: TrendsResponse, shown: TrendsResponse): string {
  if (answer.newest === null) return 'Nothing is counted yet. Trends come with the first tagged tweets.\n';
  const until = `${answer.until.slice(0, 16).replace('T', ' ')} UTC`;
  const rises = answer.order === 'rising' && shown === answer;
  const title = rises ? 'Rising' : 'Most mentioned';
  const why = answer.past < 3 ? 'There is too little past yet to say what rises. ' : 'Nothing rises. ';
  const note = shown === answer ? '' : why;
  const head = `${note}${title} in the ${WINDOW_TEXTS[answer.window]} to ${until}, of ${answer.tweets.toLocaleString('en')} tweets:\n\n`;
  if (shown.trends.length === 0) return `${note}No such names in the ${WINDOW_TEXTS[answer.window]} to ${until}.\n`;
  return head + trendTable(shown.trends);
}

/** Merges as a table. */
export function mergeTable(merges: readonly Merge[]): string {
  if (merges.length === 0) return 'No spellings are merged.\n';
  return textTable(
    [
      { title: 'form' },
      { title: 'counts as' },
      { title: 'why' },
      { title: 'alike', align: 'right' },
      { title: 'state' },
    ],
    merges.map(({ type, form, into, reason, score, state }) => [
      `${type}:${form}`,
      state === 'undone' ? form : into,
      reason,
      `${Math.round(100 * score)} %`,
      state,
    ]),
  );
}

function trendTable(trends: readonly Trend[]): string {
  return textTable(
    [
      { title: 'name' },
      { title: 'type' },
      { title: 'tweets', align: 'right' },
      { title: 'usual', align: 'right' },
      { title: 'score', align: 'right' },
      { title: 'authors', align: 'right' },
      { title: 'since' },
      { title: 'over time' },
      { title: 'with' },
    ],
    trends.map((trend) => [
      trend.name,
      trend.type,
      trend.tweets.toLocaleString('en'),
      trend.expected === null ? '-' : trend.isNew ? 'new' : trend.expected.toFixed(1),
      trend.score === null ? '-' : trend.score < RISING_SCORE ? 'usual' : trend.score.toFixed(1),
      trend.authors === 0 ? '-' : trend.authors.toLocaleString('en'),
      trend.risingSince === null ? '-' : trend.risingSince.slice(5, 16).replace('T', ' '),
      chartOf(trend.series),
      [...trend.people, ...trend.places]
        .slice(0, 3)
        .map(({ name }) => name)
        .join(', '),
    ]),
  );
}

/** The last part of a series as bars. */
function chartOf(series: readonly number[]): string {
  const last = series.slice(-CHART_WIDTH);
  const most = Math.max(1, ...last);
  return last.map((value) => BARS[Math.ceil((value / most) * (BARS.length - 1))]).join('');
}
