import { defineCommand } from 'citty';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { DeadLetter, Queue } from '../shared/queue/queue.ts';
import { SqliteQueue } from '../shared/queue/sqlite-queue.ts';
import { redriveEvents, type RedrivenEvents } from './redrive-events.ts';
import { stateFlag, stateFolder } from './state-folder.ts';
import { integerFlag } from './strict-arguments.ts';
import { print } from './text-output.ts';

/** What is said of letters that were never given back: whoever had them in hand was killed, or took too long. */
const NO_REASON = 'no reason: each process that had it in hand ended, or took too long';

export const redrive = defineCommand({
  meta: { name: 'redrive', description: 'Put dead letters back on the queue, and tell failed events again' },
  args: {
    ...stateFlag,
    max: { type: 'string', valueHint: 'N', description: 'Letters to put back at most, oldest first; by default all' },
    'dry-run': { type: 'boolean', description: 'Show what there is and put nothing back' },
    json: { type: 'boolean', description: 'Print the reasons and counts as JSON; by default as a table' },
  },
  run: async ({ args }) => {
    const max = args.max === undefined ? undefined : integerFlag('max', args.max, 1);
    const state = stateFolder('redrive', args.state);
    const events = redriveEvents(state, args['dry-run'] === true);
    const path = join(state, 'queue.sqlite');
    // Looking must not make a queue where there is none.
    if (!existsSync(path)) return finish({ reasons: [], moved: 0, events }, args.json === true);
    const queue = new SqliteQueue({ path, clock: () => new Date() });
    try {
      const reasons = await countReasons(queue, max);
      const moved = args['dry-run'] === true ? 0 : await queue.redrive(max);
      return await finish({ reasons, moved, events }, args.json === true);
    } finally {
      queue.close();
    }
  },
});

interface ReasonCount {
  readonly reason: string;
  readonly letters: number;
  /** Of the oldest letter, ISO 8601. */
  readonly since: string;
}

interface Redriven {
  readonly reasons: readonly ReasonCount[];
  readonly moved: number;
  readonly events: RedrivenEvents;
}

/** Of the `max` oldest letters, most frequent reason first. */
async function countReasons(queue: Queue, max = Infinity): Promise<readonly ReasonCount[]> {
  const counts = new Map<string, ReasonCount>();
  let seen = 0;
  for await (const letter of queue.deadLetters()) {
    if ((seen += 1) > max) break;
    const reason = reasonOf(letter);
    const { letters, since } = counts.get(reason) ?? { letters: 0, since: letter.sentAt.toISOString() };
    counts.set(reason, { reason, letters: letters + 1, since });
  }
  return [...counts.values()].sort((a, b) => b.letters - a.letters);
}

function reasonOf({ reason }: DeadLetter): string {
  return reason ?? NO_REASON;
}

async function finish(found: Redriven, json: boolean): Promise<number> {
  if (json) await print(`${JSON.stringify(found, null, 2)}\n`);
  else if (found.reasons.length > 0) await print(asTable(found.reasons));
  for (const { type, subscriber, reason } of found.events.failed) {
    process.stderr.write(`'${type}' failed for ${subscriber}: ${reason}\n`);
  }
  const failed = found.events.failed.length;
  if (failed > 0) process.stderr.write(`${found.events.told} of ${failed} events will be told again\n`);
  const letters = found.reasons.reduce((sum, reason) => sum + reason.letters, 0);
  if (letters === 0) process.stderr.write('there are no dead letters\n');
  else process.stderr.write(`${found.moved} of ${letters} dead letters put back on the queue\n`);
  return 0;
}

function asTable(reasons: readonly ReasonCount[]): string {
  const rows = reasons.map(({ letters, since, reason }) => `${String(letters).padStart(7)}  ${since}  ${reason}\n`);
  return `letters  oldest                    reason\n${rows.join('')}`;
}
