import { defineCommand } from 'citty';
import { join } from 'node:path';
import { compactResults, type CompactedResults } from '../shared/results/compact-results.ts';
import { FolderObjectStore } from '../shared/store/folder-object-store.ts';
import { abortOnInterrupt } from './interruption.ts';
import { stateFlag, stateFolder } from './state-folder.ts';
import { print } from './text-output.ts';

/** No hour ends later. */
const FAR_FUTURE = new Date(8.64e15);

export const compact = defineCommand({
  meta: { name: 'compact', description: 'Turn the results of hours that are over into Parquet files' },
  args: {
    ...stateFlag,
    all: { type: 'boolean', description: 'Compact the hour that is under way too' },
    json: { type: 'boolean', description: 'Print what was done as JSON, an hour a line; by default as text' },
  },
  run: async ({ args }) => {
    const state = stateFolder('compact', args.state);
    const abort = abortOnInterrupt();
    const store = new FolderObjectStore({ root: join(state, 'store'), clock: () => new Date() });
    let hours = 0;
    let damaged = 0;
    try {
      const endedBy = args.all === true ? FAR_FUTURE : new Date();
      for await (const done of compactResults(store, { endedBy, signal: abort.signal })) {
        hours += 1;
        damaged += done.damaged.length;
        await print(args.json === true ? asJson(done) : asText(done));
        for (const error of done.damaged) say(`warning: ${error.code}: ${error.message}`);
      }
    } finally {
      store.close();
    }
    if (hours === 0) {
      say(`nothing to compact in ${state}${args.all === true ? '' : ': the results of an hour are when it is over'}`);
    }
    return damaged > 0 ? 1 : 0;
  },
});

function asText({ hour: { dt, hr }, written, records, removed }: CompactedResults): string {
  return `${dt} ${hr}:00  ${records} records in ${written} Parquet files, ${removed} NDJSON files removed\n`;
}

function asJson({ hour, written, records, removed, damaged }: CompactedResults): string {
  return `${JSON.stringify({ ...hour, written, records, removed, damaged: damaged.map(({ message }) => message) })}\n`;
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
