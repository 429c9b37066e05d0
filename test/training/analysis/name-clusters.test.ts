import fc from 'fast-check';
import { expect, test } from 'vitest';
import { digitsOf, findVariants } from '../../../shared/trends/variants.ts';
import { clusterNames, SAME_NAME, type NameCosine } from '../../../training/analysis/name-clusters.ts';
import { byFrequency, type Name } from '../../../training/analysis/name.ts';
import { relate } from '../../../training/analysis/name-relation.ts';

const name = (form: string, comments: number, type = 'PROD'): Name => ({ type, form, comments, spellings: new Map() });

/** Symmetric cosines by hand; 0 for pairs that are not named. */
function cosines(table: Readonly<Record<string, number>>): NameCosine {
  return (a, b) => table[`${a.form} ~ ${b.form}`] ?? table[`${b.form} ~ ${a.form}`] ?? 0;
}

/** The forms of each group of more than one, by a second definition: all means computed anew before each merge. */
function groupsByDefinition(names: readonly Name[], cosine: NameCosine): readonly string[] {
  const ranked = [...names].sort(byFrequency);
  const variants = findVariants(ranked.map(({ type, form, comments }) => ({ type, form, tweets: comments })));
  const scoreOf = (a: Name, b: Name): { value: number; isRelated: boolean } => {
    const relation = relate(a.form, b.form);
    const cos = cosine(a, b)!;
    const variant = variants.find(
      (one) => (one.form === a.form && one.into === b.form) || (one.form === b.form && one.into === a.form),
    );
    if (relation !== undefined) {
      const spelling = relation.letters === undefined ? cos : (relation.letters + cos) / 2;
      const value = relation.why === 'spacing' ? 1 : variant !== undefined && cos >= 0 ? variant.score : spelling;
      if (value >= SAME_NAME) return { value, isRelated: true };
    }
    return { value: digitsOf(a.form) === digitsOf(b.form) ? Math.max(0, cos) : 0, isRelated: false };
  };
  let groups = ranked.map((one) => [one]);
  for (;;) {
    let best: { a: number; b: number; mean: number } | undefined;
    for (let a = 0; a < groups.length; a++) {
      for (let b = a + 1; b < groups.length; b++) {
        const scores = groups[a]!.flatMap((x) => groups[b]!.map((y) => scoreOf(x, y)));
        const mean = scores.reduce((sum, { value }) => sum + value, 0) / scores.length;
        if (!scores.some(({ isRelated }) => isRelated) || mean < SAME_NAME) continue;
        if (best === undefined || mean > best.mean + 1e-9) best = { a, b, mean };
      }
    }
    if (best === undefined) break;
    const { a, b } = best;
    const together = [...groups[a]!, ...groups[b]!];
    groups = groups.flatMap((group, i) => (i === a ? [together] : i === b ? [] : [group]));
  }
  return groups
    .filter((group) => group.length > 1)
    .map((group) =>
      group
        .map(({ form }) => form)
        .sort()
        .join(', '),
    )
    .sort();
}

function groupsFound(names: readonly Name[], cosine: NameCosine): readonly string[] {
  const members = Map.groupBy(clusterNames(names, cosine), ({ group }) => group);
  return [...members].map(([group, merges]) => [group, ...merges.map(({ form }) => form)].sort().join(', ')).sort();
}

const FORMS = [
  'tesla',
  'tesla motors',
  'tesla model 3',
  'model 3',
  'modell 3',
  'telsa',
  'tesla motor',
  'nimbus air',
  'nimbusair',
  'nimbus',
  'nimbuss',
  'na',
  'motors',
] as const;

test('groups are those of average linkage by its definition', () => {
  // Eighths, so that sums are exact and ties are ties in both.
  const some = fc.record({
    forms: fc.uniqueArray(fc.constantFrom(...FORMS), { minLength: 2, maxLength: FORMS.length }),
    eighths: fc.array(fc.integer({ min: -8, max: 8 }), { minLength: 169, maxLength: 169 }),
    counts: fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 13, maxLength: 13 }),
  });
  fc.assert(
    fc.property(some, ({ forms, eighths, counts }) => {
      const cosine: NameCosine = (a, b) => {
        const [i, j] = [a, b].map(({ form }) => FORMS.findIndex((one) => one === form)).sort((x, y) => x - y);
        return eighths[i! * FORMS.length + j!]! / 8;
      };
      const names = forms.map((form, i) => name(form, counts[i]!));
      expect(groupsFound(names, cosine)).toEqual(groupsByDefinition(names, cosine));
      // The order in which names come does not matter.
      expect(clusterNames([...names].reverse(), cosine)).toEqual(clusterNames(names, cosine));
    }),
    { numRuns: 300 },
  );
});

test('contexts vouch for parts and initials, and tell names apart', () => {
  const names = [name('tesla', 9), name('tesla motors', 3), name('new york', 4), name('ny', 2), name('sunny', 1)];
  const cosine = cosines({ 'tesla ~ tesla motors': 0.75, 'new york ~ ny': 0.7 });
  expect(clusterNames(names, cosine)).toEqual([
    { type: 'PROD', form: 'tesla motors', group: 'tesla', similarity: 0.75, why: 'part', like: 'tesla' },
    { type: 'PROD', form: 'ny', group: 'new york', similarity: 0.7, why: 'initials', like: 'new york' },
  ]);
  expect(clusterNames(names, cosines({}))).toEqual([]);
});

test('one name between two others joins the one that it is more like', () => {
  const names = [name('logan paul', 5), name('jake paul', 5), name('paul', 2)];
  const cosine = cosines({ 'paul ~ logan paul': 0.8, 'paul ~ jake paul': 0.7, 'logan paul ~ jake paul': 0.3 });
  const merges = clusterNames(names, cosine);
  expect(merges.map(({ form, group }) => [form, group])).toEqual([['paul', 'logan paul']]);
});

test('without contexts letters alone must do, and parts are left alone', () => {
  const names = [name('tesla', 9), name('tesla motors', 3), name('nimbus air', 10), name('nimbusair', 2)];
  const more = [name('zephyrmobile', 20), name('zephyrmobil', 1), name('zephyrmoblie', 2)];
  expect(clusterNames([...names, ...more]).map(({ form, group, why }) => [form, group, why])).toEqual([
    ['zephyrmoblie', 'zephyrmobile', 'spelling'],
    ['nimbusair', 'nimbus air', 'spacing'],
  ]);
});

test('names of different types are different names', () => {
  const names = [name('nimbus air', 3, 'ORG'), name('nimbusair', 2, 'PROD')];
  expect(clusterNames(names, () => 1)).toEqual([]);
});
