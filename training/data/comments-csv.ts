import { parse } from 'csv-parse/sync';
import { readFileSync } from 'node:fs';

const LABEL_COLUMNS = ['Relevance', 'Polarity', 'Feature request', 'Problem report', 'Efficiency', 'Safety'] as const;
export interface Comment {
  readonly id: string;
  readonly line: number;
  readonly date: string;
  readonly author: string;
  readonly likes: number;
  readonly replies: number;
  readonly text: string;
  readonly labels: Readonly<Record<(typeof LABEL_COLUMNS)[number], string>>;
}
/** Stand-in until the reader is merged. */
export function readComments(file: string): { readonly comments: readonly Comment[]; readonly notices: readonly string[] } {
  const rows = parse(readFileSync(file, 'utf8'), { columns: true, info: true }) as unknown as { record: Record<string, string>; info: { lines: number } }[];
  const comments = rows.map(({ record: r, info }) => ({
    id: r['ID']!, line: info.lines, date: r['Date']!, author: r['Author']!, likes: Number(r['Likes']), replies: Number(r['Replies']), text: r['Comment']!,
    labels: Object.fromEntries(LABEL_COLUMNS.map((c) => [c, r[c]!])) as Comment['labels'],
  }));
  return { comments, notices: [] };
}
