import { writeSync } from 'node:fs';
import { join } from 'node:path';
import { runFileSource } from '../../functions/local/file-source.ts';
import { createPump } from '../../functions/local/pump.ts';
import { createTaggerHandler } from '../../functions/tagger/handler.ts';
import { SqliteIdLedger } from '../../shared/ledger/sqlite-id-ledger.ts';
import { SqliteQueue } from '../../shared/queue/sqlite-queue.ts';
import { FolderObjectStore } from '../../shared/store/folder-object-store.ts';
import { plainTagger } from './plain-tagger.ts';

// The embedded stream in a process that the kill test ends at any moment. It prints a line before and after each thing
// it does to disk, and ends by itself when all tweets of the file are done. Arguments: folder, file.
const [folder, path] = process.argv.slice(2) as [string, string];

/** The object with a line printed around each of its methods that returns a promise. */
function traced<T extends object>(name: string, target: T): T {
  return new Proxy(target, {
    get: (_, key) => {
      const member: unknown = Reflect.get(target, key);
      if (typeof member !== 'function') return member;
      return (...args: readonly unknown[]): unknown => {
        const result: unknown = Reflect.apply(member, target, args);
        if (!(result instanceof Promise)) return result;
        writeSync(1, `${name}.${String(key)} begun\n`);
        return result.finally(() => writeSync(1, `${name}.${String(key)} done\n`));
      };
    },
  });
}

const clock = (): Date => new Date();
const store = traced('store', new FolderObjectStore({ root: join(folder, 'store'), clock }));
const queue = new SqliteQueue({ path: join(folder, 'queue.db'), clock });
const ledger = traced('ledger', new SqliteIdLedger({ path: join(folder, 'ledger.db'), clock }));
const handler = createTaggerHandler({ tagger: plainTagger, store, ledger, clock });

const stop = new AbortController();
const pump = createPump({
  queue: traced('queue', queue),
  handler,
  clock,
  maxMessages: 2,
  // Short, so that what a killed process had in hand comes back while the test still runs.
  visibilityTimeoutMs: 300,
  events: {
    onError: (error) => {
      throw error;
    },
  },
});
const running = pump.run(stop.signal);
const source = { path, store, queue: traced('queue', queue), clock, batchBytes: 65_536, maxDepth: 8 };
await runFileSource(source, stop.signal);
for (;;) {
  const { ready, inFlight, dead } = await queue.depth();
  // A message that was in hand at five kills is a dead letter, and an operator would redrive it.
  if (dead > 0) await queue.redrive();
  else if (ready + inFlight === 0) break;
  await new Promise((resolve) => setTimeout(resolve, 5));
}
stop.abort();
await running;
writeSync(1, 'all done\n');
