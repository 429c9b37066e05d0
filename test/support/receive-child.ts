import { SqliteQueue } from '../../shared/queue/sqlite-queue.ts';

// Receives, prints and deletes messages until there is none. Argument: the queue's file.
const queue = new SqliteQueue({ path: process.argv[2]!, clock: () => new Date() });
for (;;) {
  const messages = await queue.receive({ max: 7, visibilityTimeoutMs: 600_000 });
  if (messages.length === 0) break;
  for (const { body } of messages) console.log(body);
  await queue.delete(messages.map(({ receipt }) => receipt));
}
queue.close();
