import { html } from 'hono/html';
import { behind, figure, nothing, table, type Column, type Markup } from './markup.ts';
import { svgChart, type ChartOption } from './svg-chart.ts';

/** A part of a report that its maker adds: figures as another system has them, places on a map. Plain data. */
export interface Appendix {
  readonly title: string;
  readonly blocks: readonly AppendixBlock[];
}

export type AppendixBlock = TextBlock | TableBlock | ChartBlock;

/** A paragraph. */
export interface TextBlock {
  readonly kind: 'text';
  readonly text: string;
}

export interface TableBlock {
  readonly kind: 'table';
  readonly caption: string;
  readonly columns: readonly Column[];
  /** The first cell of each row names it. */
  readonly rows: readonly (readonly string[])[];
}

export interface ChartBlock {
  readonly kind: 'chart';
  readonly caption: string;
  readonly option: ChartOption;
  /** Pixels. */
  readonly width?: number;
  readonly height?: number;
  /** The numbers that are drawn, folded away; leave out where they stand in a table beside it. */
  readonly numbers?: Omit<TableBlock, 'kind'>;
}

/** @param index makes the names of charts unique in the page */
export function appendixSection({ title, blocks }: Appendix, index: number): Markup {
  return html`<section>
    <h2>${title}</h2>
    ${blocks.map((block, i) => blockMarkup(block, `appendix-${index}-${i}`))}
  </section>`;
}

function blockMarkup(block: AppendixBlock, id: string): Markup {
  switch (block.kind) {
    case 'text':
      return html`<p class="prose">${block.text}</p>`;
    case 'table':
      return table(block);
    case 'chart': {
      const { caption, option, numbers, width, height } = block;
      const size = { ...(width === undefined ? {} : { width }), ...(height === undefined ? {} : { height }) };
      return figure(
        svgChart(option, { id, label: caption, ...size }),
        caption,
        numbers === undefined ? nothing : behind(table(numbers)),
      );
    }
  }
}
