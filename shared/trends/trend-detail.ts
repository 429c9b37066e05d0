import type { TrendDetail, TrendQuery, Variant } from '../contracts/trends.ts';
import { displayName } from './display-name.ts';
import { GRAIN_MS } from './grain.ts';
import { createMergeMap, type MergeMap } from './merge-map.ts';
import { momentOf, seriesSpan, toSteps, type Moment } from './moment.ts';
import { groupNames, rateGroups, sumByBucket, type NameGroup, type RatedGroup } from './name-group.ts';
import { usualHigh } from './past.ts';
import { companionsOf, describeTrends } from './trend-entry.ts';
import type { StoredName, TrendReader } from './trend-reader.ts';

const COMPANIONS_SHOWN = 12;
const EXAMPLES_SHOWN = 12;
const SPELLINGS_SHOWN = 8;

/** Answers `GET /v1/trends/{key}`; undefined when no such name is counted. A merged form leads to its name. */
export function describeTrend(reader: TrendReader, key: string, query: TrendQuery): TrendDetail | undefined {
  const until = query.until === undefined ? undefined : Date.parse(query.until);
  const moment = momentOf(reader, query.window, until);
  const colon = key.indexOf(':');
  if (moment === undefined || colon < 0) return undefined;
  const type = key.slice(0, colon);
  const merges = createMergeMap(reader.merges());
  const root = merges.rootOf(type, key.slice(colon + 1));
  const names = merges
    .membersOf(type, root)
    .map((form) => reader.name(type, form))
    .filter((name) => name !== undefined);
  if (names.length === 0) return undefined;
  const [rated] = rateGroups([groupOf(names, reader, { moment, merges })], reader, moment);
  const sources = { reader, moment, merges };
  const hour = (time: number): number => Math.floor(time / GRAIN_MS.hour);
  return {
    window: query.window,
    since: new Date(moment.since).toISOString(),
    until: new Date(moment.until).toISOString(),
    trend: describeTrends([rated!], sources)[0]!,
    history: historyOf(rated!, reader, moment),
    variants: variantsOf(names, root, { reader, merges }),
    with: companionsOf(rated!, sources).slice(0, COMPANIONS_SHOWN),
    examples: [...reader.examples(rated!.members, hour(moment.since), hour(moment.until) + 1).slice(0, EXAMPLES_SHOWN)],
  };
}

interface At {
  readonly moment: Moment;
  readonly merges: MergeMap;
}

function groupOf(names: readonly StoredName[], reader: TrendReader, { moment, merges }: At): NameGroup {
  const numbers = names.map(({ n }) => n);
  const counts = sumByBucket(reader.countsOf(numbers, moment.span));
  const tweets = [...counts.values()].reduce((a, b) => a + b, 0);
  const [group] = groupNames(
    names.map((name) => ({ ...name, tweets: 0 })),
    merges,
  );
  return { ...group!, tweets };
}

function historyOf({ members, past }: RatedGroup, reader: TrendReader, moment: Moment): TrendDetail['history'] {
  const def = moment.def.history;
  const span = seriesSpan(moment, def);
  const totals = toSteps(reader.totals(span), span, def);
  return {
    start: new Date(span.from * GRAIN_MS[def.grain]).toISOString(),
    stepSeconds: def.stepMs / 1000,
    tweets: toSteps(sumByBucket(reader.countsOf(members, span)), span, def),
    expected: past === undefined ? [] : totals.map((total) => round(total * past.share)),
    high: past === undefined ? [] : totals.map((total) => round(usualHigh(total, past, def.stepMs / moment.def.ms))),
  };
}

function round(value: number): number {
  return Math.round(1000 * value) / 1000;
}

interface Described {
  readonly reader: TrendReader;
  readonly merges: MergeMap;
}

function variantsOf(names: readonly StoredName[], root: string, { reader, merges }: Described): Variant[] {
  return names
    .map(({ n, type, form }) => {
      const surfaces = reader.surfaces([n]);
      const merge = form === root ? undefined : merges.mergeOf(type, form);
      return {
        form,
        name: displayName(form, surfaces),
        tweets: surfaces.reduce((sum, { tweets }) => sum + tweets, 0),
        spellings: surfaces.slice(0, SPELLINGS_SHOWN).map(({ text, tweets }) => ({ text, tweets })),
        reason: merge?.reason ?? null,
        score: merge?.score ?? null,
        pinned: merge?.state === 'pinned',
      };
    })
    .sort((a, b) => Number(b.form === root) - Number(a.form === root) || b.tweets - a.tweets);
}
