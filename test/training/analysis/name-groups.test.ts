import { expect, test } from 'vitest';
import type { MergeRow } from '../../../training/analysis/merges-file.ts';
import type { NameMerge } from '../../../training/analysis/name-clusters.ts';
import { groupNames, type NameGroups } from '../../../training/analysis/name-groups.ts';
import type { Name } from '../../../training/analysis/name.ts';
import { expectFails } from '../../support/expect-fails.ts';

const name = (form: string, comments: number): Name => ({
  type: 'ORG',
  form,
  comments,
  spellings: new Map([[form.toUpperCase(), comments]]),
});

const names = [name('tesla', 9), name('tesla motors', 3), name('telsa', 2), name('nimbus', 5)];

const merge = (form: string, group: string): NameMerge => ({
  type: 'ORG',
  form,
  group,
  similarity: 0.8,
  why: 'part',
  like: group,
});

const merges = [merge('tesla motors', 'tesla'), merge('telsa', 'tesla')];

function row(form: string, group: string, more: Partial<MergeRow> = {}): MergeRow {
  return { type: 'ORG', name: form, group, decidedBy: 'person', file: 'merges.csv', line: 7, ...more };
}

const listed = ({ groups }: NameGroups): readonly string[] =>
  groups.map((group) => `${group.title}: ${group.names.map((member) => member.name.form).join(', ')}`);

test('without a person the machine decides', () => {
  const found = groupNames(names, merges);
  expect(listed(found)).toEqual(['TESLA: tesla, tesla motors, telsa', 'NIMBUS: nimbus']);
  expect(found.groups[0]!.names[1]).toMatchObject({ decidedBy: 'machine', why: "shares words with 'tesla'" });
  expect(found.groupOf({ type: 'ORG', form: 'telsa' })).toBe(found.groups[0]);
  expect(found.notices).toEqual([]);
});

test.each<[string, readonly MergeRow[], readonly string[]]>([
  ['takes a name out', [row('telsa', 'telsa')], ['TESLA: tesla, tesla motors', 'NIMBUS: nimbus', 'TELSA: telsa']],
  ['merges one, and what was merged with it', [row('tesla', 'nimbus')], ['NIMBUS: tesla, nimbus, tesla motors, telsa']],
  ['finds a name however it is written', [row('nimbus', '#Tesla')], ['TESLA: tesla, nimbus, tesla motors, telsa']],
  ['names a new group', [row('tesla', 'Car makers')], ['Car makers: tesla, tesla motors, telsa', 'NIMBUS: nimbus']],
  [
    'has another name stand for the group',
    [row('tesla', 'telsa')],
    ['TELSA: tesla, tesla motors, telsa', 'NIMBUS: nimbus'],
  ],
  [
    'is followed from row to row',
    [row('telsa', 'tesla motors'), row('tesla motors', 'nimbus')],
    ['NIMBUS: nimbus, tesla motors, telsa', 'TESLA: tesla'],
  ],
])('a person %s', (_, rows, expected) => {
  expect(listed(groupNames(names, merges, rows))).toEqual(expected);
});

test('what a person decided is told', () => {
  const found = groupNames(names, merges, [row('tesla motors', 'tesla')]);
  const { decidedBy, similarity, why } = found.groups[0]!.names[1]!;
  expect({ decidedBy, similarity, why }).toEqual({ decidedBy: 'person', similarity: undefined, why: undefined });
});

test('rows that decide nothing are named', () => {
  const rows = [
    row('acme', 'tesla'),
    row('telsa', 'nimbus', { decidedBy: 'machine', line: 8 }),
    row('gone', 'gone', { decidedBy: 'machine', line: 9 }),
  ];
  const found = groupNames(names, merges, rows);
  expect(found.notices).toEqual([
    "merges.csv:7: no comment names 'acme' of type ORG; the row decides nothing",
    "merges.csv:8: 'telsa' is in 'nimbus' by a machine, which now says 'tesla'; that holds. To decide it, write person",
  ]);
  expect(listed(found)).toEqual(listed(groupNames(names, merges)));
});

test('fails when groups lead in a circle', () => {
  const rows = [row('nimbus', 'tesla'), row('tesla', 'nimbus', { line: 8 })];
  expectFails(() => groupNames(names, merges, rows), 'E_CORPUS_MALFORMED', 'merges.csv:7: groups lead in a circle');
});
