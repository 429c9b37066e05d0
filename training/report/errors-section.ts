import { html } from 'hono/html';
import { ERROR_KINDS, type ErrorCounts } from '../metrics/error-kinds.ts';
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

/** The confusion matrix as a heat table: shades are shares of a row. */
export function confusionTable({ name, evaluation }: SplitReport): Markup {
  const { types, exact, overlapping, missed, spurious } = evaluation.errors.confusion;
  if (types.length === 0) return html`<p>${name} has no entities, and none were found.</p>`;
  const columns = [...types, 'nothing'];
  const rows = [
    ...types.map((type, i) => ({
      name: type,
      cells: [...types.map((_, j) => [exact[i]![j]!, overlapping[i]![j]!] as const), [missed[i]!, 0] as const],
      right: i,
    })),
    { name: 'nothing', cells: [...spurious.map((count) => [count, 0] as const)], right: -1 },
  ];
  const caption = `${name}: gold types (rows) and what was found in their place (columns)`;
  const content = html`<table class="heat" aria-label="${caption}">
    <thead>
      <tr>
        <td></td>
        ${columns.map((type) => html`<th scope="col"><span>${type}</span></th>`)}
      </tr>
    </thead>
    <tbody>
      ${rows.map(({ name: type, cells, right }) => {
        const total = cells.reduce((sum, [same, partly]) => sum + same + partly, 0);
        return html`<tr>
          <th scope="row">${type}</th>
          ${cells.map((cell, j) => heatCell(cell, total, j === right))}${right === -1 ? html`<td class="void"></td>` : ''}
        </tr> `;
      })}
    </tbody>
  </table>`;
  return html`${scrolling(caption, content)}
    <p class="note">
      A cell counts pairs of the same words; after a plus, pairs whose words only overlap. “nothing” as a column:
      missed; as a row: spurious. Shades are shares of the row.
    </p>`;
}

function heatCell([same, partly]: readonly [number, number], total: number, right: boolean): Markup {
  if (same + partly === 0) return html`<td class="zero">·</td>`;
  const share = percent((same + partly) / total, 0);
  const extra = partly === 0 ? '' : html`<small>+${partly}</small>`;
  return html`<td class="${right ? 'hit' : 'miss'}" style="--share: ${share}%">${same}${extra}</td>`;
}
