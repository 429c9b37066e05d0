import { NerError } from '../../shared/ner-error.ts';
import { SqliteQueue } from '../../shared/queue/sqlite-queue.ts';

// Sends until the queue refuses, then prints how many it had accepted and the code. Argument: the queue's file.
let accepted = 0;
try {
  const queue = new SqliteQueue({ path: process.argv[2]!, clock: () => new Date() });
  for (; accepted < 10_000; accepted++) await queue.send(['x'.repeat(60_000)]);
} catch (error) {
  console.log(JSON.stringify({ accepted, code: error instanceof NerError ? error.code : String(error) }));
}
