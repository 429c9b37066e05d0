import type { ResultRun } from '../../training/recipes/recipe-results.ts';
import type { FigurePlace } from './plan.ts';

/** The figure of a run at a place, in 0..1; undefined where the run's report has none there. */
export function figureAt(run: ResultRun, place: FigurePlace): number | undefined {
  if ('split' in place) {
    const split = run.splits[place.split];
    return place.of === 'entity' ? split?.entity.f1 : split?.tokenMacroF1;
  }
  for (const { columns, rows } of run.tables) {
    const column = columns.findIndex((head) => head.startsWith(place.column));
    const cell = rows.find(([name = '']) => name.startsWith(place.row))?.[column];
    const value = cell === undefined ? undefined : shareOf(cell);
    if (value !== undefined) return value;
  }
  return undefined;
}

/** Cells are for people: `.465`, `0.465`, or per cent as `46.5 %`; what follows, such as an interval, is not read. */
function shareOf(cell: string): number | undefined {
  const [, number, percent] = /^(\d*\.?\d+)(\s*%)?/.exec(cell.trim()) ?? [];
  if (number === undefined) return undefined;
  return percent === undefined ? Number(number) : Number(number) / 100;
}
