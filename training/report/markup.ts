import { html, raw } from 'hono/html';

/** HTML in which everything that was put in is escaped. */
export type Markup = ReturnType<typeof html>;

export const nothing: Markup = raw('');

/** A share of 0..1 in per cent, without the sign. */
export function percent(share: number, digits = 1): string {
  return (100 * share).toFixed(digits);
}

/** A count with thin spaces between thousands, as no locale would write it otherwise. */
export function grouped(count: number): string {
  return String(count).replace(/\B(?=(?:\d{3})+$)/g, '\u2009');
}

/** Names and values. */
export type Facts = readonly (readonly [name: string, value: string | Markup])[];

/** What a page says of itself under its heading; or, as a longer list in smaller type, settings. */
export function factList(facts: Facts, kind: 'facts' | 'settings' = 'facts'): Markup {
  return html`<dl class="${kind}">
    ${facts.map(
      ([name, value]) =>
        html`<div>
          <dt>${name}</dt>
          <dd>${value}</dd>
        </div> `,
    )}
  </dl>`;
}

/** A column of a table: its head, and whether it holds numbers. */
export interface Column {
  readonly head: string;
  readonly number?: boolean;
}

export interface TableOptions {
  /** Said above the table, and to those who cannot see it. */
  readonly caption: string;
  readonly columns: readonly Column[];
  /** The first cell of each row names it; rows of the same name in a row are a group. */
  readonly rows: readonly (readonly (string | Markup)[])[];
}

/** A table under its caption, which scrolls sideways by itself where the window is narrow. */
export function table({ caption, columns, rows }: TableOptions): Markup {
  const alignment = (i: number): string => (columns[i]!.number === true ? 'number' : 'name');
  const content = html`<table aria-label="${caption}">
    <thead>
      <tr>
        ${columns.map(({ head }, i) => html`<th scope="col" class="${alignment(i)}">${head}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${rows.map(
        (row, r) =>
          html`<tr class="${groupOf(rows, r)}">
            ${row.map((cell, i) =>
              i === 0
                ? html`<th scope="row" class="name">${cell}</th>`
                : html`<td class="${alignment(i)}">${cell}</td>`,
            )}
          </tr> `,
      )}
    </tbody>
  </table>`;
  return scrolling(caption, content);
}

/** Something wide under its caption: it scrolls, the caption stays. */
export function scrolling(caption: string, content: Markup): Markup {
  return html`<p class="caption">${caption}</p>
    <div class="scroll" role="region" tabindex="0" aria-label="${caption}">${content}</div>`;
}

/** Rows that follow one of the same name belong to it; another name begins the next group, where there are groups. */
function groupOf(rows: TableOptions['rows'], r: number): string {
  const same = (i: number): boolean => i > 0 && typeof rows[i]![0] === 'string' && rows[i]![0] === rows[i - 1]![0];
  if (same(r)) return 'again';
  return r > 0 && same(r - 1) ? 'next' : '';
}

/** A chart with its caption, and the numbers it was drawn from where they stand nowhere else. */
export function figure(svg: string, caption: string | Markup, numbers: Markup = nothing): Markup {
  return html`<figure>
    ${raw(svg)}
    <figcaption>${caption}</figcaption>
    ${numbers}
  </figure>`;
}

/** Numbers behind a chart, folded away. */
export function behind(numbers: Markup): Markup {
  return html`<details>
    <summary>Numbers</summary>
    ${numbers}
  </details>`;
}
