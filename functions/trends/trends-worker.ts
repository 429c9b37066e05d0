import { parentPort, workerData } from 'node:worker_threads';
import { readVectorFile } from '../../shared/features/vector-file.ts';
import { createListedVector } from '../../shared/features/vector-table.ts';
import { NerError } from '../../shared/ner-error.ts';
import { describeTrend } from '../../shared/trends/trend-detail.ts';
import { listTrends } from '../../shared/trends/trend-list.ts';
import { TrendStore, type CountedPack } from '../../shared/trends/trend-store.ts';
import type { WordVector } from '../../shared/trends/variants.ts';
import type { FromTrends, ToTrends, TrendCall } from './trend-protocol.ts';

// Entry of a thread that counts, or answers questions, over one file: SQLite waits for the disk, and this thread with it.
if (parentPort === null) throw new NerError('E_INTERNAL', 'internal: trends-worker.ts runs in worker threads only.');
const port = parentPort;
const { path } = workerData as { readonly path: string };
let opened: TrendStore | undefined;
let vectorOf: WordVector | undefined;

/** Opened with the first call, so that a file that cannot be used is that call's error. */
function store(): TrendStore {
  return (opened ??= new TrendStore({ path, clock: () => new Date() }));
}

type Adding = Extract<TrendCall, { readonly kind: 'add' }>;

function answer(call: Exclude<TrendCall, Adding>): unknown {
  switch (call.kind) {
    case 'list':
      return listTrends(store().reader, call.query);
    case 'detail':
      return describeTrend(store().reader, call.key, call.query);
    case 'merges':
      return store().reader.merges();
    case 'decide':
      return store().decide(call.request);
    case 'variants':
      if (call.vectors !== undefined) vectorOf = createListedVector(readVectorFile(call.vectors, 'the model'));
      store().findVariants(vectorOf);
      return undefined;
    case 'close':
      opened?.close();
      // The answer goes first.
      setImmediate(() => {
        port.close();
      });
      return undefined;
  }
}

function failed(id: number, error: unknown): FromTrends {
  const code = error instanceof NerError ? error.code : 'E_INTERNAL';
  return { id, code, message: error instanceof Error ? error.message : String(error) };
}

/** Packs that wait for the next transaction: those that came while the one before waited for the disk. */
let adding: { readonly id: number; readonly pack: CountedPack }[] = [];

function addWaiting(): void {
  const waiting = adding;
  adding = [];
  if (waiting.length === 0) return;
  let replies: readonly FromTrends[];
  try {
    const added = store().addAll(waiting.map(({ pack }) => pack));
    replies = waiting.map(({ id }, i) => ({ id, value: added[i] }));
  } catch (error) {
    replies = waiting.map(({ id }) => failed(id, error));
  }
  for (const reply of replies) port.postMessage(reply);
}

port.on('message', ({ id, call }: ToTrends) => {
  if (call.kind === 'add') {
    if (adding.length === 0) setImmediate(addWaiting);
    adding.push({ id, pack: call.pack });
    return;
  }
  // Packs that came before a question are counted before it is answered.
  addWaiting();
  try {
    port.postMessage({ id, value: answer(call) } satisfies FromTrends);
  } catch (error) {
    port.postMessage(failed(id, error));
  }
});
