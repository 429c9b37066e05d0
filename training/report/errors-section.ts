import { html } from 'hono/html';
import { ERROR_KINDS, type ErrorCounts } from '../../shared/evaluation/error-kinds.ts';
import { grouped, percent, scrolling, table, type Markup } from './markup.ts';
import type { SplitReport } from './report-data.ts';

/** A bar of what became of the gold entities, and a table that says it in numbers. */
export function errorKindsSection({ name, evaluation }: SplitReport): Markup {
  const { counts } = evaluation.errors;
  const gold = evaluation.entity.default.micro.support;
  const share = (kind: keyof ErrorCounts): string => percent(gold === 0 ? 0 : counts[kind] / gold);
  return html`<div class="kinds" aria-hidden="true">
      ${ERROR_KINDS.filter(([kind]) => kind !== 'spurious' && counts[kind] > 0).map(
        ([kind]) => html`<span class="kind-${kind}" style="flex-grow: ${counts[kind]}"></span>`,
      )}
    </div>
    ${table({
      caption: `${name}: what became of ${grouped(gold)} gold entities`,
      columns: [
        { head: 'kind' },
        { head: 'means' },
        { head: 'entities', number: true },
        { head: '% of gold', number: true },
      ],
      rows: ERROR_KINDS.map(([kind, meaning]) => [
        html`<span class="key kind-${kind}"></span>${kind}`,
        meaning,
        grouped(counts[kind]),
        share(kind),
      ]),
    })}`;
}

/** A row of a heat table: each cell counts pairs of the same words and pairs whose words only overlap. */
interface HeatRow {
  readonly name: string;
  readonly cells: readonly (readonly [same: number, partly: number])[];
  /** The column that is no error. */
  readonly right: number | null;
}

/** The confusion matrix of entities, and folded away that of words. */
export function confusionTables({ name, evaluation }: SplitReport): Markup {
  const { types, exact, overlapping, missed, spurious } = evaluation.errors.confusion;
  if (types.length === 0) return html`<p class="note">${name} has no entities, and none were found.</p>`;
  const rows = types.map((type, i): HeatRow => {
    const pairs = types.map((_, j) => [exact[i]![j]!, overlapping[i]![j]!] as const);
    return { name: type, cells: [...pairs, [missed[i]!, 0]], right: i };
  });
  const last: HeatRow = { name: 'nothing', cells: spurious.map((count) => [count, 0]), right: null };
  const words = evaluation.tokenConfusion;
  const wordRows = words.types.map((type, i): HeatRow => ({
    name: type,
    cells: words.counts[i]!.map((count) => [count, 0]),
    right: i,
  }));
  return html`${heatTable(`${name}: gold types (rows) and what was found in their place (columns)`, {
      columns: [...types, 'nothing'],
      rows: [...rows, last],
    })}
    <p class="note">
      A cell counts pairs of the same words; after a plus, pairs whose words only overlap. “nothing” as a column:
      missed; as a row: spurious. Shades are shares of the row.
    </p>
    <details>
      <summary>Words by type</summary>
      ${heatTable(`${name}: types of single words, gold (rows) and found (columns)`, {
        columns: words.types,
        rows: wordRows,
      })}
    </details>`;
}

function heatTable(
  caption: string,
  { columns, rows }: { readonly columns: readonly string[]; readonly rows: readonly HeatRow[] },
): Markup {
  const content = html`<table class="heat" aria-label="${caption}">
    <thead>
      <tr>
        <td></td>
        ${columns.map((type) => html`<th scope="col"><span>${type}</span></th>`)}
      </tr>
    </thead>
    <tbody>
      ${rows.map(({ name, cells, right }) => {
        const total = cells.reduce((sum, [same, partly]) => sum + same + partly, 0);
        return html`<tr>
          <th scope="row">${name}</th>
          ${cells.map((cell, j) => heatCell(cell, total, j === right))}
        </tr> `;
      })}
    </tbody>
  </table>`;
  return scrolling(caption, content);
}

function heatCell([same, partly]: HeatRow['cells'][number], total: number, right: boolean): Markup {
  if (same + partly === 0) return html`<td class="zero">·</td>`;
  const share = percent((same + partly) / total, 0);
  const extra = partly === 0 ? '' : html`<small>+${grouped(partly)}</small>`;
  return html`<td class="${right ? 'hit' : 'miss'}" style="--share: ${share}%">${grouped(same)}${extra}</td>`;
}
