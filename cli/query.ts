import { defineCommand } from 'citty';
import { NerError } from '../shared/ner-error.ts';
import { writeRows, type RowFormat } from './query-rows.ts';
import { openResults } from './result-database.ts';
import { inState } from './in-state.ts';
import { stateFlag } from './state-folder.ts';
import { openTextOutput } from './text-output.ts';

export const query = defineCommand({
  meta: { name: 'query', description: 'Ask the results in SQL: the views are tagged and mentions' },
  args: {
    sql: { type: 'positional', required: true, description: 'One SELECT of DuckDB, in quotes' },
    ...stateFlag,
    csv: { type: 'boolean', description: 'Print CSV; by default a table' },
    json: { type: 'boolean', description: 'Print one JSON object a line; by default a table' },
    out: { type: 'string', valueHint: 'FILE', description: 'File to write to; by default standard output' },
  },
  run: async ({ args }) => {
    const format = formatOf(args);
    const results = await openResults(inState('query', args.state, 'store'));
    try {
      const result = await results.query(args.sql);
      const output = await openTextOutput(args.out);
      try {
        await writeRows(result, format, output);
        await output.finish();
      } catch (error) {
        await output.discard();
        throw error;
      }
    } finally {
      results.close();
    }
    return 0;
  },
});

/** @throws {E_USAGE} when both are asked for */
function formatOf({
  csv,
  json,
}: {
  readonly csv?: boolean | undefined;
  readonly json?: boolean | undefined;
}): RowFormat {
  if (csv === true && json === true) {
    throw new NerError(
      'E_USAGE',
      'tagwright query: got --csv and --json; expected one of them, or neither for a table.',
    );
  }
  if (csv === true) return 'csv';
  return json === true ? 'json' : 'table';
}
