/** A column of a table. */
export interface TextColumn {
  readonly title: string;
  /** Numbers stand at the right. */
  readonly align?: 'left' | 'right';
}

/** Rows under the titles of their columns, as wide as they must be. */
export function textTable(columns: readonly TextColumn[], rows: readonly (readonly string[])[]): string {
  const lines = [columns.map(({ title }) => title), ...rows.map((row) => row.map(oneLine))];
  const widths = columns.map((_, i) => Math.max(...lines.map((line) => widthOf(line[i]!))));
  return lines
    .map((line) => {
      const cells = line.map((cell, i) => {
        const blanks = ' '.repeat(widths[i]! - widthOf(cell));
        return columns[i]!.align === 'right' ? blanks + cell : cell + blanks;
      });
      return `${cells.join('  ').trimEnd()}\n`;
    })
    .join('');
}

/** Text of tweets may hold what moves the cursor or colours the terminal: none of it gets there. */
function oneLine(cell: string): string {
  return cell.toWellFormed().replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ');
}

const segmenter = new Intl.Segmenter();

/** East Asian wide characters and emoji take two places (https://www.unicode.org/reports/tr11/). */
const WIDE =
  /[\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}\p{Emoji_Presentation}\u3000-\u303f\uff01-\uff60]/u;

function widthOf(cell: string): number {
  let width = 0;
  for (const { segment } of segmenter.segment(cell)) width += WIDE.test(segment) ? 2 : 1;
  return width;
}
