import { html } from 'hono/html';
import { grouped, table, type Markup } from '../report/markup.ts';
import type { Analysis } from './analyse-comments.ts';

/** Merges that are shown; all are in merges.csv. */
const ROWS = 60;

/** Which names count as one, why, and who says so. */
export function mergesSection({ names, lettersOnly }: Analysis): Markup {
  const merged = names.groups.filter((group) => group.names.length > 1 || group.names[0]!.decidedBy === 'person');
  const rows = merged.flatMap((group) =>
    group.names.map(({ name, decidedBy, similarity, why }, i) => [
      group.title,
      group.type,
      name.form,
      grouped(name.comments),
      similarity === undefined ? '' : similarity.toFixed(2),
      why ?? (decidedBy === 'person' ? 'a person says so' : i === 0 ? 'stands for the group' : ''),
    ]),
  );
  const how =
    lettersOnly === undefined
      ? 'Names were brought together by their letters and by the contexts in which they stand.'
      : `Names were brought together by their letters alone: ${lettersOnly}.`;
  return html`<section>
    <h2>Spellings brought together</h2>
    <p>
      ${how} To decide otherwise, edit <code>merges.csv</code>: write the group in which a name belongs, or the name
      itself to take it out, and <code>person</code> under <code>decided by</code>; then give the file back with
      <code>--merges</code>.
    </p>
    ${
      rows.length === 0
        ? html`<p>Nothing was brought together.</p>`
        : table({
            caption: `Similarity is 0 to 1. ${rows.length > ROWS ? `${rows.length - ROWS} more are in merges.csv.` : ''}`,
            columns: [
              { head: 'group' },
              { head: 'type' },
              { head: 'name' },
              { head: 'comments', number: true },
              { head: 'similarity', number: true },
              { head: 'why' },
            ],
            rows: rows.slice(0, ROWS),
          })
    }
  </section>`;
}
