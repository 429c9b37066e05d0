import { TREND_MESSAGE_MAX_PACKS, type TrendMessage } from '../../shared/contracts/trend-message.ts';
import type { Queue } from '../../shared/queue/queue.ts';
import type { StoredPack } from './stored-pack.ts';

/** Names packs that were stored on the queue of the trends, as many in a message as may be. */
export async function tellTrends(queue: Pick<Queue, 'send'>, stored: readonly StoredPack[]): Promise<void> {
  const bodies: string[] = [];
  for (let i = 0; i < stored.length; i += TREND_MESSAGE_MAX_PACKS) {
    const packs = stored.slice(i, i + TREND_MESSAGE_MAX_PACKS).map(({ key, receivedAt }) => {
      return { key, receivedAt: receivedAt.toISOString() };
    });
    bodies.push(JSON.stringify({ v: 1, packs } satisfies TrendMessage));
  }
  if (bodies.length > 0) await queue.send(bodies);
}
