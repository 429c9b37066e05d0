import type { TrendsQuery, TrendsResponse } from '../contracts/trends.ts';
import { createMergeMap, type MergeMap } from './merge-map.ts';
import { momentOf, type Moment } from './moment.ts';
import { groupNames, rateGroups, sumByBucket, withAllMembers, type NameGroup, type RatedGroup } from './name-group.ts';
import { normalForm } from './normal-form.ts';
import { RISING_SCORE } from './past.ts';
import type { TrendReader } from './trend-reader.ts';
import { describeTrends } from './trend-entry.ts';
import { GRAIN_MS } from './grain.ts';

/** Fewer tweets than this are no trend. */
const MIN_RISING_TWEETS = 3;

/** Names whose past is looked at closely; when there are more, the past of whole days chooses. */
const MAX_RATED = 1_000;

/** Days that choose. */
const COARSE_DAYS = 7;

/** Answers `GET /v1/trends`. */
export function listTrends(reader: TrendReader, query: TrendsQuery): TrendsResponse {
  const { window, order, limit } = query;
  const until = query.until === undefined ? undefined : Date.parse(query.until);
  const moment = momentOf(reader, window, until);
  if (moment === undefined) return nothingCounted(query);
  const merges = createMergeMap(reader.merges());
  const groups = groupNames(reader.namesIn(moment.span), merges);
  const wanted = groups.filter((group) => isWanted(group, query, merges));
  const chosen = order === 'count' ? mostMentioned(wanted, limit) : candidates(wanted, reader, moment);
  const rated = rateGroups(
    chosen.map((group) => withAllMembers(group, reader, merges)),
    reader,
    moment,
  );
  const listed = order === 'count' ? rated : rising(rated).slice(0, limit);
  const { glance } = moment.def;
  return {
    window,
    order,
    since: new Date(moment.since).toISOString(),
    until: new Date(moment.until).toISOString(),
    newest: new Date(moment.newest).toISOString(),
    tweets: moment.total,
    past: moment.past?.totals.size ?? 0,
    stepSeconds: glance.stepMs / 1000,
    types: typesOf(groups),
    trends: [...describeTrends(listed, { reader, moment, merges })],
  };
}

function nothingCounted({ window, order, until }: TrendsQuery): TrendsResponse {
  const end = until ?? new Date(0).toISOString();
  return {
    window,
    order,
    since: end,
    until: end,
    newest: null,
    tweets: 0,
    past: 0,
    stepSeconds: 0,
    types: [],
    trends: [],
  };
}

function isWanted({ type, form }: NameGroup, query: TrendsQuery, merges: MergeMap): boolean {
  if (query.type !== undefined && type !== query.type) return false;
  const wanted = query.q === undefined ? '' : normalForm(query.q);
  if (wanted === '') return true;
  const squashed = wanted.replaceAll(' ', '');
  return merges
    .membersOf(type, form)
    .some((member) => member.includes(wanted) || member.replaceAll(' ', '').includes(squashed));
}

function mostMentioned(groups: readonly NameGroup[], limit: number): readonly NameGroup[] {
  return [...groups].sort((a, b) => b.tweets - a.tweets || (a.key < b.key ? -1 : 1)).slice(0, limit);
}

function rising(groups: readonly RatedGroup[]): readonly RatedGroup[] {
  return groups
    .filter(({ rise }) => rise !== undefined && rise.score >= RISING_SCORE)
    .sort((a, b) => b.rise!.score - a.rise!.score || (a.key < b.key ? -1 : 1));
}

/** Groups that may rise. When they are many, those that stand out most against their own last days. */
function candidates(groups: readonly NameGroup[], reader: TrendReader, moment: Moment): readonly NameGroup[] {
  const enough = groups.filter(({ tweets }) => tweets >= MIN_RISING_TWEETS);
  if (enough.length <= MAX_RATED) return enough;
  const to = Math.floor(moment.since / GRAIN_MS.day) + 1;
  const days = { grain: 'day', from: to - COARSE_DAYS, to } as const;
  const total = [...reader.totals(days).values()].reduce((a, b) => a + b, 0);
  const counts = Map.groupBy(
    reader.countsOf(
      enough.flatMap(({ members }) => members),
      days,
    ),
    ({ n }) => n,
  );
  const surprise = ({ members, tweets }: NameGroup): number => {
    const all = [...sumByBucket(members.flatMap((n) => counts.get(n) ?? [])).values()].reduce((a, b) => a + b, 0);
    // Today is among the days, and so is the window.
    const expected = (moment.total * Math.max(0, all - tweets)) / Math.max(1, total - moment.total);
    return (tweets - expected) / Math.sqrt(expected + 1);
  };
  return enough
    .map((group) => ({ group, by: surprise(group) }))
    .sort((a, b) => b.by - a.by)
    .slice(0, MAX_RATED)
    .map(({ group }) => group);
}

function typesOf(groups: readonly NameGroup[]): TrendsResponse['types'] {
  const types = new Map<string, number>();
  for (const { type, tweets } of groups) types.set(type, (types.get(type) ?? 0) + tweets);
  return [...types]
    .map(([type, tweets]) => ({ type, tweets }))
    .sort((a, b) => b.tweets - a.tweets || (a.type < b.type ? -1 : 1));
}
