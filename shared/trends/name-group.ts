import type { MergeMap } from './merge-map.ts';
import type { Moment } from './moment.ts';
import { pastOf, riseOf, type Past, type Rise, type Stretch } from './past.ts';
import { nameKey } from './trend-counts.ts';
import type { NameCount, NameTotal, TrendReader } from './trend-reader.ts';

/** A name with everything that counts as it. */
export interface NameGroup {
  readonly key: string;
  readonly type: string;
  readonly form: string;
  /** Numbers of its forms, where they were met. */
  readonly members: readonly number[];
  readonly tweets: number;
  readonly first: number;
}

/** A group and how it stands to its past; both undefined while there is too little of that. */
export interface RatedGroup extends NameGroup {
  readonly past: Past | undefined;
  readonly rise: Rise | undefined;
  /** Not mentioned in the past that was looked at. */
  readonly isNew: boolean;
}

/** Names that count as one put together. */
export function groupNames(totals: readonly NameTotal[], merges: MergeMap): readonly NameGroup[] {
  const groups = new Map<string, NameGroup>();
  for (const { n, type, form, first, tweets } of totals) {
    const root = merges.rootOf(type, form);
    const key = nameKey(type, root);
    const known = groups.get(key);
    groups.set(
      key,
      known === undefined
        ? { key, type, form: root, members: [n], tweets, first }
        : {
            ...known,
            members: [...known.members, n],
            tweets: known.tweets + tweets,
            first: Math.min(known.first, first),
          },
    );
  }
  return [...groups.values()];
}

/** The group with the members that were not met in the window too: their past is part of its past. */
export function withAllMembers(group: NameGroup, reader: TrendReader, merges: MergeMap): NameGroup {
  const forms = merges.membersOf(group.type, group.form);
  if (forms.length === 1) return group;
  const all = forms.map((form) => reader.name(group.type, form)).filter((name) => name !== undefined);
  if (all.length === 0) return group;
  return { ...group, members: all.map(({ n }) => n), first: Math.min(...all.map(({ first }) => first)) };
}

/** Compares groups with their past. */
export function rateGroups(groups: readonly NameGroup[], reader: TrendReader, moment: Moment): readonly RatedGroup[] {
  const { past, total } = moment;
  if (past === undefined) return groups.map((group) => ({ ...group, past: undefined, rise: undefined, isNew: false }));
  const counts = reader.countsOf(
    groups.flatMap(({ members }) => members),
    past.span,
  );
  const byName = Map.groupBy(counts, ({ n }) => n);
  return groups.map((group) => {
    const tweets = sumByBucket(group.members.flatMap((n) => byName.get(n) ?? []));
    const own = pastOf(stretchesOf(tweets, past.totals), past.halfLife);
    const rise = riseOf({ tweets: group.tweets, total }, own);
    return { ...group, past: own, rise, isNew: tweets.size === 0 };
  });
}

/** Tweets by bucket of counts of several names. */
export function sumByBucket(counts: readonly NameCount[]): ReadonlyMap<number, number> {
  const sums = new Map<number, number>();
  for (const { bucket, tweets } of counts) sums.set(bucket, (sums.get(bucket) ?? 0) + tweets);
  return sums;
}

/** Oldest first; only times in which there were tweets at all. */
export function stretchesOf(
  tweets: ReadonlyMap<number, number>,
  totals: ReadonlyMap<number, number>,
): readonly Stretch[] {
  return [...totals]
    .sort(([a], [b]) => a - b)
    .map(([bucket, total]) => ({ tweets: Math.min(total, tweets.get(bucket) ?? 0), total }));
}
