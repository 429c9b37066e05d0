import { COMMENT_LABELS } from '../data/comments-csv.ts';
import type { Analysis } from './analyse-comments.ts';
import { csvText } from './csv-text.ts';
import { commentParts, countGroups, nameOf } from './group-counts.ts';
import { mergesCsv } from './merges-file.ts';
import { keyOf } from './name.ts';

/** Mentions that become text together. */
const ROWS_AT_ONCE = 4_096;

const ENTITY_COLUMNS = [
  'comment',
  'line',
  'type',
  'text',
  'start',
  'end',
  'startCp',
  'endCp',
  'score',
  'group',
  ...COMMENT_LABELS,
];

/** entities.csv in parts: a row a mention, with its place in the comment and the labels of that. */
export function* entitiesCsv({ mentions, names }: Analysis): Generator<string> {
  for (let from = 0; from === 0 || from < mentions.length; from += ROWS_AT_ONCE) {
    const rows = mentions.slice(from, from + ROWS_AT_ONCE).map((mention) => {
      const { comment, entity } = mention;
      const { type, text, start, end, startCp, endCp, score } = entity;
      const { group } = names.groupOf(nameOf(mention));
      const labels = COMMENT_LABELS.map((column) => comment.labels[column]);
      return [comment.id, comment.line, type, text, start, end, startCp, endCp, score.toFixed(4), group, ...labels];
    });
    yield csvText(ENTITY_COLUMNS, rows, { header: from === 0 });
  }
}

const SUMMARY_COLUMNS = [
  'column',
  'value',
  'read as',
  'type',
  'group',
  'name',
  'mentions',
  'comments',
  'authors',
  'likes',
];

/** summary.csv: a row for each part of the comments and each group that is mentioned in it. */
export function summaryCsv(analysis: Analysis): string {
  const rows = commentParts(analysis).flatMap(({ column, value, readAs, isChosen }) =>
    countGroups(analysis, isChosen).map(({ group, mentions, comments, authors, likes }) => [
      column,
      value,
      readAs,
      group.type,
      group.group,
      group.title,
      mentions,
      comments,
      authors,
      likes,
    ]),
  );
  return csvText(SUMMARY_COLUMNS, rows);
}

/** merges.csv: the names of all groups, and what persons decided of names that no comment mentions. */
export function analysisMergesCsv({ names, decisions }: Analysis): string {
  const grouped = names.groups.flatMap((group) => group.names);
  const known = new Set(grouped.map(({ name }) => keyOf(name)));
  const kept = decisions.filter(
    ({ decidedBy, type, name }) => decidedBy === 'person' && !known.has(keyOf({ type, form: name })),
  );
  return mergesCsv([
    ...grouped,
    ...kept.map(({ type, name, group }) => ({
      name: { type, form: name, comments: 0, spellings: new Map<string, number>() },
      group,
      decidedBy: 'person' as const,
    })),
  ]);
}
