import type { CoMention, Trend } from '../contracts/trends.ts';
import { countAuthors } from './author-sketch.ts';
import { displayName } from './display-name.ts';
import { GRAIN_MS } from './grain.ts';
import type { MergeMap } from './merge-map.ts';
import { seriesSpan, toSteps, type Moment } from './moment.ts';
import { groupNames, sumByBucket, type RatedGroup } from './name-group.ts';
import { riseStart, RISING_SCORE } from './past.ts';
import type { Span, TrendReader } from './trend-reader.ts';
import { kindOfType } from './type-kind.ts';

/** What trends are described from. */
export interface TrendSources {
  readonly reader: TrendReader;
  readonly moment: Moment;
  readonly merges: MergeMap;
}

/** People, and places, named beside a trend. */
const COMPANIONS_SHOWN = 3;

/** Rated groups as the API tells of them. */
export function describeTrends(groups: readonly RatedGroup[], sources: TrendSources): readonly Trend[] {
  const { reader, moment } = sources;
  const { glance } = moment.def;
  const span = seriesSpan(moment, glance);
  const totals = reader.totals(span);
  const counts = Map.groupBy(
    reader.countsOf(
      groups.flatMap(({ members }) => members),
      span,
    ),
    ({ n }) => n,
  );
  return groups.map((group) => {
    const buckets = sumByBucket(group.members.flatMap((n) => counts.get(n) ?? []));
    const companions = companionsOf(group, sources);
    const of = (kind: 'who' | 'where'): CoMention[] =>
      companions.filter(({ type }) => kindOfType(type) === kind).slice(0, COMPANIONS_SHOWN);
    const began = riseBegan(group, moment, { span, buckets, totals });
    return {
      key: group.key,
      type: group.type,
      name: displayName(group.form, reader.surfaces(group.members)),
      tweets: group.tweets,
      authors: countAuthors(reader.authorsOf(group.members, moment.span)),
      expected: group.rise?.expected ?? null,
      score: group.rise?.score ?? null,
      isNew: group.isNew,
      firstSeen: new Date(group.first).toISOString(),
      risingSince: began === undefined ? null : new Date(began).toISOString(),
      series: toSteps(buckets, span, glance),
      people: of('who'),
      places: of('where'),
      merged: group.members.length - 1,
    };
  });
}

/** Names in the same tweets as a group, in the hours that the window touches, most frequent first. */
export function companionsOf({ members }: { readonly members: readonly number[] }, sources: TrendSources): CoMention[] {
  const { reader, moment, merges } = sources;
  const [from, to] = [Math.floor(moment.since / GRAIN_MS.hour), Math.ceil(moment.until / GRAIN_MS.hour)];
  const own = new Set(members);
  const companions = reader.companions(members, from, to).filter(({ n }) => !own.has(n));
  const names = new Map(reader.names(companions.map(({ n }) => n)).map((name) => [name.n, name]));
  const known = companions.flatMap(({ n, tweets }) => {
    const name = names.get(n);
    return name === undefined ? [] : [{ ...name, tweets }];
  });
  return groupNames(known, merges)
    .map(({ key, type, form, members: forms, tweets }) => ({
      key,
      type,
      name: displayName(form, reader.surfaces(forms)),
      tweets,
    }))
    .sort((a, b) => b.tweets - a.tweets || (a.key < b.key ? -1 : 1));
}

interface Buckets {
  readonly span: Span;
  readonly buckets: ReadonlyMap<number, number>;
  readonly totals: ReadonlyMap<number, number>;
}

function riseBegan(group: RatedGroup, moment: Moment, { span, buckets, totals }: Buckets): number | undefined {
  const { rise, past, tweets } = group;
  if (rise === undefined || past === undefined || rise.score < RISING_SCORE) return undefined;
  const steps = Array.from({ length: span.to - span.from }, (_, i) => ({
    tweets: buckets.get(span.from + i) ?? 0,
    total: totals.get(span.from + i) ?? 0,
  }));
  const start = riseStart(steps, past, { tweets, total: moment.total });
  return (span.from + start) * GRAIN_MS[span.grain];
}
