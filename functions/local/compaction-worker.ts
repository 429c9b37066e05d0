import { parentPort, workerData } from 'node:worker_threads';
import { compactResults } from '../../shared/results/compact-results.ts';
import { FolderObjectStore } from '../../shared/store/folder-object-store.ts';
import type { CompactionNews, CompactionOrder } from './compactor.ts';

// The thread of one compaction: it has a store of its own over the same folder, as another process would.
const { root, endedBy } = workerData as CompactionOrder;
const store = new FolderObjectStore({ root, clock: () => new Date() });
try {
  for await (const { hour, written, records, damaged } of compactResults(store, { endedBy })) {
    const news: CompactionNews = { hour, written, records, damaged: damaged.map(({ message }) => message) };
    parentPort!.postMessage(news);
  }
} finally {
  store.close();
}
