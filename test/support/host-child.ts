import { once } from 'node:events';
import { writeSync } from 'node:fs';
import { startHost } from '../../functions/local/host.ts';

// The embedded host in a process that a test ends as it likes. It loads its modules, waits for a line on standard input
// with its orders as JSON, and prints the address it serves at. It ends cleanly when standard input does.
process.stdin.setEncoding('utf8');
const [line] = (await once(process.stdin, 'data')) as [string];
const { state, shiftMs = 0, compaction, file } = JSON.parse(line) as HostOrders;

const host = await startHost({
  stateDir: state,
  port: 0,
  workers: 1,
  // A shifted clock lets hours pass between two processes, so that there is something to compact.
  clock: () => new Date(Date.now() + shiftMs),
  ...(compaction === undefined ? {} : { compaction }),
  log: (text) => {
    writeSync(2, `${text}\n`);
  },
});
writeSync(1, `${host.url}\n`);
process.stdin.on('end', () => void host.close());
if (file !== undefined) {
  await host.streamFile(file, new AbortController().signal);
  writeSync(2, 'file done\n');
}

/** What the process is told. */
export interface HostOrders {
  readonly state: string;
  /** How far its clock is ahead. */
  readonly shiftMs?: number;
  /** Tweets to stream. */
  readonly file?: string;
  readonly compaction?: { readonly firstMs: number; readonly everyMs: number; readonly graceMs: number };
}
