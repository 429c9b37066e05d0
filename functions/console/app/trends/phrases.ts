import type { MergeReason, Trend } from '../../../../shared/contracts/trends.ts';
import { formatCount } from '../numbers.ts';

/** From this score on a name rises (shared/trends/past.ts). */
const RISING_SCORE = 3;

const DAY_MS = 86_400_000;

/** A time that is not further away than this is known by its hour alone. */
const PLAIN_MS = 18 * 3_600_000;

const times = new Intl.NumberFormat('en', { maximumSignificantDigits: 2 });

/** `1 tweet`, `1,234 tweets`. */
export function counted(n: number, one: string, many: string): string {
  return `${formatCount(n)} ${n === 1 ? one : many}`;
}

/** How a name stands to its past in two words: `new`, `4.2×`, `usual`; empty while there is no past. */
export function riseText({ score, expected, isNew, tweets }: Trend): string {
  if (score === null || expected === null) return '';
  if (score < RISING_SCORE) return 'usual';
  if (isNew || expected < 0.05) return 'new';
  return `${times.format(Math.min(999, tweets / expected))}×`;
}

/** The same in words, for the open name. */
export function risePhrase(trend: Trend): string {
  const { score, expected, isNew } = trend;
  if (score === null || expected === null) return 'too little past to compare with';
  if (score < RISING_SCORE) return `usual are ${formatExpected(expected)}`;
  if (isNew || expected < 0.05) return 'usual are none';
  return `${riseText(trend)} the usual ${formatExpected(expected)}`;
}

/** A time of day, with the day where that is not plain: when it is more than some hours from the time of the page. */
export function formatTime(iso: string, asOf: Date): string {
  const time = new Date(iso);
  const ofDay = time.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  const apartMs = Math.abs(asOf.getTime() - time.getTime());
  if (apartMs < PLAIN_MS) return ofDay;
  const year = apartMs > 300 * DAY_MS ? { year: 'numeric' as const } : {};
  return `${time.toLocaleDateString([], { day: 'numeric', month: 'short', ...year })}, ${ofDay}`;
}

/** Why a spelling counts as a name. */
export const REASON_TEXTS: Readonly<Record<MergeReason, string>> = {
  spacing: 'same letters',
  spelling: 'similar spelling',
  meaning: 'similar spelling, used alike',
  person: 'merged by hand',
};

function formatExpected(expected: number): string {
  return expected < 10 ? expected.toFixed(1) : formatCount(expected);
}
