import type { Difference, ModelDiff } from '../functions/promote/model-diff.ts';
import type { Comparison } from '../shared/contracts/promotion.ts';
import { textTable } from './text-table.ts';

/** The difference for people: a row for each fact that differs, then a table for each test set. */
export function formatModelDiff({ a, b, differences, same, tests }: ModelDiff): string {
  const rows = differences.map(({ what, ...values }) => [what, inWords(values.a), inWords(values.b)]);
  const facts =
    rows.length === 0
      ? `Nothing differs in what is known of ${a} and ${b}.\n`
      : `${textTable([{ title: '' }, { title: a }, { title: b }], rows)}${same} more facts are the same.\n`;
  return [facts, ...tests.map(({ dataset, comparison }) => onTest(dataset, comparison))].join('\n');
}

/** Longer texts say nothing in a table; JSON has them whole. */
const WIDEST = 48;

function inWords(value: Difference['a']): string {
  if (value === null) return '-';
  const text =
    typeof value === 'number' && !Number.isInteger(value) ? String(Number(value.toPrecision(6))) : String(value);
  return text.length <= WIDEST ? text : `${text.slice(0, WIDEST - 3)}...`;
}

function onTest(dataset: string, { sentences, f1, championF1, difference, interval, types }: Comparison): string {
  const { low, high, level } = interval!;
  const head =
    `Test set of ${dataset}, ${sentences} sentences, F1: ${share(championF1!)} and ${share(f1)}, difference ` +
    `${signed(difference!)}, ${Number((100 * level).toPrecision(6))} % interval ${signed(low)} to ${signed(high)}\n`;
  const rows = Object.entries(types).map(([type, of]) => {
    return [type, String(of.support), share(of.championF1!), share(of.f1), signed(of.f1 - of.championF1!)];
  });
  const figures = ['entities', 'F1 of A', 'F1 of B', 'B - A'].map((title) => ({ title, align: 'right' as const }));
  return `${head}${textTable([{ title: 'type' }, ...figures], rows)}`;
}

function share(value: number): string {
  return value.toFixed(4);
}

function signed(value: number): string {
  return value < 0 ? share(value) : `+${share(value)}`;
}
