import { defineCommand } from 'citty';
import { createDirectTrends } from '../functions/trends/direct-trends.ts';
import type { TrendService } from '../functions/trends/trend-service.ts';
import { TREND_WINDOWS, type Merge, type TrendsQuery } from '../shared/contracts/trends.ts';
import { NerError } from '../shared/ner-error.ts';
import { TrendStore } from '../shared/trends/trend-store.ts';
import { inState } from './in-state.ts';
import { stateFlag } from './state-folder.ts';
import { choiceFlag, integerFlag } from './strict-arguments.ts';
import { print } from './text-output.ts';
import { mergeTable, trendReport } from './trend-report.ts';

const ORDERS = ['rising', 'count'] as const;

export const trends = defineCommand({
  meta: { name: 'trends', description: 'Say what tweets talk about more than usual, or bring spellings together' },
  args: {
    action: {
      type: 'positional',
      required: false,
      description: 'list (the default); merges, to list them; undo, to count a form apart; pin, to count it as another',
    },
    form: { type: 'positional', required: false, description: 'Name to undo or pin, as TYPE:FORM in the lists' },
    into: { type: 'positional', required: false, description: 'Form that a pinned one is to count as' },
    ...stateFlag,
    window: { type: 'string', valueHint: '10m|1h|1d', default: '1h', description: 'How far back now goes' },
    order: {
      type: 'string',
      valueHint: 'rising|count',
      default: 'rising',
      description: 'Most unusual first, or most frequent',
    },
    type: { type: 'string', valueHint: 'TYPE', description: 'List one type alone, such as person' },
    limit: { type: 'string', valueHint: 'N', default: '20', description: 'Names to list, at most 100' },
    find: { type: 'string', valueHint: 'TEXT', description: 'List names that contain this, whatever their spelling' },
    json: { type: 'boolean', description: 'Print JSON as the API has it; by default a table' },
  },
  run: async ({ args }) => {
    const action = actionOf(args.action, args.form, args.into);
    const query = queryOf(args);
    const store = new TrendStore({
      path: inState('trends', args.state, 'trends.sqlite'),
      clock: () => new Date(),
    });
    try {
      await print(await action(createDirectTrends(store), query, args.json === true));
    } finally {
      store.close();
    }
    return 0;
  },
});

/** What is printed after the deed. */
type Action = (service: TrendService, query: TrendsQuery, json: boolean) => Promise<string>;

/** @throws {E_USAGE} unless it is one of the four, with what it needs */
function actionOf(action = 'list', form?: string, into?: string): Action {
  const wrong = (what: string): NerError =>
    new NerError('E_USAGE', `tagwright trends: ${what}; expected list, merges, undo TYPE:FORM or pin TYPE:FORM FORM.`);
  const given = [form, into].filter((argument) => argument !== undefined);
  const needed = { list: 0, merges: 0, undo: 1, pin: 2 }[action];
  if (needed === undefined) throw wrong(`unknown action '${action}'`);
  if (given.length !== needed) throw wrong(`${action}: got ${given.length} names, needs ${needed}`);
  if (action === 'list') return list;
  if (action === 'merges') return async (service, _query, json) => mergesText(await service.merges(), json);
  const colon = form!.indexOf(':');
  if (colon <= 0) throw wrong(`${action}: '${form!}' has no type`);
  const name = { type: form!.slice(0, colon), form: form!.slice(colon + 1) };
  return async (service, _query, json) =>
    mergesText(
      [await service.decide(into === undefined ? { action: 'undo', ...name } : { action: 'pin', ...name, into })],
      json,
    );
}

const list: Action = async (service, query, json) => {
  const answer = await service.list(query);
  if (json) return `${JSON.stringify(answer, null, 2)}\n`;
  const shown =
    answer.trends.length > 0 || query.order === 'count' ? answer : await service.list({ ...query, order: 'count' });
  return trendReport(answer, shown);
};

function mergesText(merges: readonly Merge[], json: boolean): string {
  return json ? `${JSON.stringify({ merges }, null, 2)}\n` : mergeTable(merges);
}

interface QueryArguments {
  readonly window: string;
  readonly order: string;
  readonly limit: string;
  readonly type?: string | undefined;
  readonly find?: string | undefined;
}

/** @throws {E_USAGE} */
function queryOf({ window, order, limit, type, find }: QueryArguments): TrendsQuery {
  return {
    window: choiceFlag('window', window, TREND_WINDOWS),
    order: choiceFlag('order', order, ORDERS),
    limit: integerFlag('limit', limit, 1, 100),
    ...(type === undefined ? {} : { type }),
    ...(find === undefined ? {} : { q: find }),
  };
}
