import { digitsOf, findVariants } from '../../shared/trends/variants.ts';
import { byFrequency, type Name } from './name.ts';
import { relate, type NameRelation } from './name-relation.ts';

/** That a name counts as another of its type, which is the most frequent one of its group. */
export interface NameMerge {
  readonly type: string;
  readonly form: string;
  /** The form that stands for the group. */
  readonly group: string;
  /** 0..1: of the pair below. */
  readonly similarity: number;
  readonly why: NameRelation['why'];
  /** The form of the group that the name is most like. */
  readonly like: string;
}

/** How alike two names are where they stand, -1..1; undefined where nobody can say. */
export type NameCosine = (a: Name, b: Name) => number | undefined;

/** From this similarity on two groups are one; docs/recipes/video-comments-analysis.md says how it was found. */
export const SAME_NAME = 0.6;

/**
 * Brings names of one type together that seem to be one: agglomerative clustering by average linkage. The most similar
 * two groups become one, as long as the mean similarity of their pairs is at least `SAME_NAME` and letters relate one of
 * the pairs; ties go to the more frequent names. The similarity of a pair is
 *
 *     spacing   1
 *     spelling  (Jaro-Winkler + cosine) / 2; Jaro-Winkler alone where one is five times rarer and the cosine no veto
 *     part, initials, none   the cosine, at least 0
 *
 * and 0 where digits differ. Without cosines only spacing and the rules of shared/trends/variants.ts merge, and unrelated
 * pairs have no say.
 */
export function clusterNames(names: readonly Name[], cosine?: NameCosine): readonly NameMerge[] {
  const merges = [...Map.groupBy(names, ({ type }) => type).values()].flatMap((ofType) => {
    const ranked = [...ofType].sort(byFrequency);
    const pairs = relatedPairs(ranked, cosine);
    return components(ranked.length, pairs).flatMap((members) => clusterMembers(members, { ranked, pairs, cosine }));
  });
  return merges;
}

/** Two names, as places among the ranked ones, that their letters relate. */
interface Pair {
  readonly a: number;
  readonly b: number;
  readonly why: NameRelation['why'];
  readonly similarity: number;
}

/** Those similar enough to merge by themselves, by `a * names + b` with a < b. */
type Pairs = ReadonlyMap<number, Pair>;

function relatedPairs(ranked: readonly Name[], cosine: NameCosine | undefined): Pairs {
  const forms = ranked.map(({ type, form, comments }) => ({ type, form, tweets: comments }));
  const variants = new Map(findVariants(forms).map((merge) => [`${merge.form}\n${merge.into}`, merge.score]));
  const pairs = new Map<number, Pair>();
  for (const [a, b] of candidates(ranked)) {
    const [x, y] = [ranked[a]!, ranked[b]!];
    const relation = relate(x.form, y.form);
    if (relation === undefined) continue;
    const variant = variants.get(`${y.form}\n${x.form}`) ?? variants.get(`${x.form}\n${y.form}`);
    const similarity = pairSimilarity(relation, variant, cosine === undefined ? undefined : cosine(x, y));
    if (similarity < SAME_NAME) continue;
    pairs.set(a * ranked.length + b, { a, b, why: relation.why, similarity });
  }
  return pairs;
}

function pairSimilarity(
  { why, letters }: NameRelation,
  variant: number | undefined,
  cosine: number | undefined,
): number {
  if (why === 'spacing') return 1;
  if (variant !== undefined && (cosine ?? 0) >= 0) return variant;
  if (cosine === undefined) return 0;
  return letters === undefined ? cosine : (letters + cosine) / 2;
}

/** Pairs that share a word, two first letters, initials, or all letters: no others are related. */
function* candidates(ranked: readonly Name[]): Generator<readonly [a: number, b: number]> {
  const blocks = new Map<string, number[]>();
  for (const [i, { form }] of ranked.entries()) {
    for (const key of blockKeys(form)) {
      const block = blocks.get(key);
      if (block === undefined) blocks.set(key, [i]);
      else block.push(i);
    }
  }
  const seen = new Set<number>();
  for (const block of blocks.values()) {
    for (const [at, b] of block.entries()) {
      for (const a of block.slice(0, at)) {
        if (seen.has(a * ranked.length + b)) continue;
        seen.add(a * ranked.length + b);
        yield [a, b];
      }
    }
  }
}

function blockKeys(form: string): ReadonlySet<string> {
  const words = form.split(' ');
  const letters = words.join('');
  const initials = words.length > 1 ? words.map((word) => word[0]!).join('') : letters;
  return new Set([`first ${form.slice(0, 1)} ${words.length}`, `all ${initials}`, `all ${letters}`, ...words]);
}

/** Names that pairs link, directly or by others, each part in ascending order; names by themselves are left out. */
function components(count: number, pairs: Pairs): readonly (readonly number[])[] {
  const parents = Array.from({ length: count }, (_, i) => i);
  const rootOf = (i: number): number => {
    let root = i;
    while (parents[root] !== root) root = parents[root]!;
    parents[i] = root;
    return root;
  };
  for (const { a, b } of pairs.values()) {
    const [x, y] = [rootOf(a), rootOf(b)];
    parents[Math.max(x, y)] = Math.min(x, y);
  }
  const parts = Map.groupBy(parents.keys(), rootOf);
  return [...parts.values()].filter((part) => part.length > 1);
}

interface Clustering {
  readonly ranked: readonly Name[];
  readonly pairs: Pairs;
  readonly cosine: NameCosine | undefined;
}

/** Sum and number of the similarities between two groups, and whether letters relate one of the pairs. */
interface Link {
  readonly sum: number;
  readonly count: number;
  readonly isRelated: boolean;
}

/** Means that differ by less are the same: sums of the same numbers in another order. */
const TIE = 1e-9;

const NO_LINK: Link = { sum: 0, count: 0, isRelated: false };

function clusterMembers(members: readonly number[], clustering: Clustering): readonly NameMerge[] {
  // Groups by their first, most frequent member; links by both groups' first members, the smaller one first.
  const groups = new Map(members.map((member) => [member, [member]]));
  const links = new Map<number, Map<number, Link>>(
    members.map((a) => [
      a,
      new Map(members.filter((b) => b > a).map((b): [number, Link] => [b, linkOf(a, b, clustering)])),
    ]),
  );
  const linkBetween = (a: number, b: number): Link => links.get(Math.min(a, b))!.get(Math.max(a, b))!;
  for (;;) {
    const best = bestLink(links);
    if (best === undefined) break;
    const [into, from] = best;
    for (const other of groups.keys()) {
      if (other === into || other === from) continue;
      const together = added(linkBetween(into, other), linkBetween(from, other));
      links.get(Math.min(into, other))!.set(Math.max(into, other), together);
    }
    groups.get(into)!.push(...groups.get(from)!);
    groups.delete(from);
    links.delete(from);
    for (const row of links.values()) row.delete(from);
  }
  return [...groups.values()].flatMap((group) => mergesOf(group, clustering));
}

function linkOf(a: number, b: number, { ranked, pairs, cosine }: Clustering): Link {
  const pair = pairs.get(a * ranked.length + b);
  if (pair !== undefined) return { sum: pair.similarity, count: 1, isRelated: true };
  const [x, y] = [ranked[a]!, ranked[b]!];
  if (digitsOf(x.form) !== digitsOf(y.form)) return { ...NO_LINK, count: 1 };
  const alike = cosine?.(x, y);
  return alike === undefined ? NO_LINK : { sum: Math.max(0, alike), count: 1, isRelated: false };
}

function added(a: Link, b: Link): Link {
  return { sum: a.sum + b.sum, count: a.count + b.count, isRelated: a.isRelated || b.isRelated };
}

/** The most similar groups that may be one; the first of those where several are. */
function bestLink(links: ReadonlyMap<number, ReadonlyMap<number, Link>>): readonly [number, number] | undefined {
  let best: readonly [number, number] | undefined;
  let most = -1;
  for (const [a, row] of links) {
    for (const [b, { sum, count, isRelated }] of row) {
      if (!isRelated || sum / count < SAME_NAME || sum / count <= most + TIE) continue;
      most = sum / count;
      best = [a, b];
    }
  }
  return best;
}

function mergesOf(group: readonly number[], { ranked, pairs }: Clustering): readonly NameMerge[] {
  const [first, ...others] = [...group].sort((a, b) => a - b);
  return others.map((member) => {
    const own = group
      .flatMap((other) => pairs.get(Math.min(member, other) * ranked.length + Math.max(member, other)) ?? [])
      .sort((x, y) => y.similarity - x.similarity || x.a - y.a || x.b - y.b)[0]!;
    const { type, form } = ranked[member]!;
    const like = ranked[own.a === member ? own.b : own.a]!.form;
    const similarity = Math.round(1000 * own.similarity) / 1000;
    return { type, form, group: ranked[first!]!.form, similarity, why: own.why, like };
  });
}
