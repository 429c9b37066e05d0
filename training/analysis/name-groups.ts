import { NerError } from '../../shared/ner-error.ts';
import { displayName } from '../../shared/trends/display-name.ts';
import type { MergeRow } from './merges-file.ts';
import { byFrequency, formOf, keyOf, type Name } from './name.ts';
import type { NameMerge } from './name-clusters.ts';

/** A name and the group that it counts to. */
export interface GroupedName {
  readonly name: Name;
  /** The form that stands for the group, or what a person called it. */
  readonly group: string;
  readonly decidedBy: 'machine' | 'person';
  /** Of a machine's merge, 0..1; undefined for a name that stands for its group and for what a person decided. */
  readonly similarity?: number;
  /** Why the machine merged it, in words. */
  readonly why?: string;
}

/** Names that count as one. */
export interface NameGroup {
  readonly type: string;
  readonly group: string;
  /** The spelling to show. */
  readonly title: string;
  /** The most frequent first. */
  readonly names: readonly GroupedName[];
}

export interface NameGroups {
  /** The most frequent first. */
  readonly groups: readonly NameGroup[];
  /** The group of a name. */
  readonly groupOf: (name: Pick<Name, 'type' | 'form'>) => NameGroup;
  /** Rows of a file that decided nothing, and why, each as `file:line: what`. */
  readonly notices: readonly string[];
}

/**
 * Groups of names by what the machine found and what a person decided, which wins. Who calls the group of a name by
 * another name merges it with that one, and what the machine merged with it goes along; who calls it by its own takes it
 * out; any other word is a new group's name.
 *
 * @param rows of a merges.csv that was given back; empty without one
 * @throws {E_CORPUS_MALFORMED} with file and line, when groups that persons chose lead in a circle
 */
export function groupNames(
  names: readonly Name[],
  merges: readonly NameMerge[],
  rows: readonly MergeRow[] = [],
): NameGroups {
  const found = new Map(merges.map((merge) => [keyOf(merge), merge]));
  const known = new Map(names.map((name) => [keyOf(name), name]));
  const decided = new Map<string, MergeRow>();
  const notices: string[] = [];
  for (const row of rows) {
    const key = keyOf({ type: row.type, form: row.name });
    const notice = noticeOf(row, { name: known.get(key), merge: found.get(key) });
    if (notice !== undefined) notices.push(`${row.file}:${row.line}: ${notice}`);
    if (row.decidedBy === 'person' && known.has(key)) decided.set(key, row);
  }
  // Spelt in another way, it is still the name that it is.
  const chosen = ({ type, group }: MergeRow): string =>
    known.has(keyOf({ type, form: formOf(group) })) ? formOf(group) : group;
  const next = (type: string, form: string): string => {
    const key = keyOf({ type, form });
    const row = decided.get(key);
    if (row !== undefined) return chosen(row);
    const group = found.get(key)?.group ?? form;
    // Who calls a group by the name of a member has that stand for it.
    const above = decided.get(keyOf({ type, form: group }));
    return above !== undefined && chosen(above) === form ? form : group;
  };
  const grouped = [...names].sort(byFrequency).map((name): GroupedName => {
    const group = followed(name, next, decided);
    const row = decided.get(keyOf(name));
    if (row !== undefined) return { name, group, decidedBy: 'person' };
    const merge = found.get(keyOf(name));
    if (merge === undefined) return { name, group, decidedBy: 'machine' };
    const why = merge.why === 'part' ? `shares words with '${merge.like}'` : `${merge.why}, as '${merge.like}'`;
    return { name, group, decidedBy: 'machine', similarity: merge.similarity, why };
  });
  const groups = [...Map.groupBy(grouped, ({ name, group }) => keyOf({ type: name.type, form: group })).values()]
    .map(groupOf)
    .sort((a, b) => frequencyOf(b) - frequencyOf(a));
  const byName = new Map(groups.flatMap((group) => group.names.map(({ name }) => [keyOf(name), group] as const)));
  return { groups, groupOf: (name) => byName.get(keyOf(name))!, notices };
}

/** What there is to say of a row that does not decide what it says; undefined of one that does. */
function noticeOf(
  row: MergeRow,
  { name, merge }: { readonly name: Name | undefined; readonly merge: NameMerge | undefined },
): string | undefined {
  if (name === undefined) {
    return row.decidedBy === 'person'
      ? `no comment names '${row.name}' of type ${row.type}; the row decides nothing`
      : undefined;
  }
  const group = merge?.group ?? name.form;
  if (row.decidedBy === 'person' || row.group === group) return undefined;
  return `'${row.name}' is in '${row.group}' by a machine, which now says '${group}'; that holds. To decide it, write person`;
}

function followed(
  name: Name,
  next: (type: string, form: string) => string,
  decided: ReadonlyMap<string, MergeRow>,
): string {
  const passed = new Set<string>();
  let form = name.form;
  for (;;) {
    passed.add(form);
    const into = next(name.type, form);
    if (into === form) return form;
    if (passed.has(into)) {
      const { file, line } =
        decided.get(keyOf({ type: name.type, form })) ?? decided.get(keyOf({ type: name.type, form: into }))!;
      throw new NerError(
        'E_CORPUS_MALFORMED',
        `${file}:${line}: groups lead in a circle, got '${form}' in '${into}' and the other way round; expected one of ` +
          'them to be its own group. Mend the line.',
      );
    }
    form = into;
  }
}

/** Comments of its names; one that has two of them counts twice, which is near enough to say what comes first. */
function frequencyOf({ names }: NameGroup): number {
  return names.reduce((sum, { name }) => sum + name.comments, 0);
}

function groupOf(names: readonly GroupedName[]): NameGroup {
  const [{ name, group }] = names as [GroupedName];
  const stands = names.find((member) => member.name.form === group);
  const surfaces = [...(stands?.name.spellings ?? [])].map(([text, tweets], n) => ({ n, text, tweets }));
  return { type: name.type, group, title: stands === undefined ? group : displayName(group, surfaces), names };
}
