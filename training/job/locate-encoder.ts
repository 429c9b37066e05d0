import { encoderPlace } from '../models/hub/encoder-place.ts';
import { fetchEncoder, type FetchProgress } from '../models/hub/fetch-encoder.ts';
import type { EncoderSource, JobEvent } from './training-job.ts';

/**
 * The folder of an encoder, fetched from the hub where it is none.
 *
 * @throws as `encoderPlace` and `fetchEncoder`
 */
export async function* locateEncoder({ name, revision, hub }: EncoderSource): AsyncGenerator<JobEvent, string> {
  const place = encoderPlace(name);
  if (place.kind === 'folder') return place.folder;
  const news: FetchProgress[] = [];
  let wake = (): void => undefined;
  let isDone = false;
  const onProgress = (progress: FetchProgress): void => {
    news.push(progress);
    wake();
  };
  const fetching = fetchEncoder({ ...hub, id: place.id, revision, onProgress }).finally(() => {
    isDone = true;
    wake();
  });
  // Whoever awaits it below hears of its failure; without this it would be unhandled until then.
  fetching.catch(() => undefined);
  while (!isDone) {
    // Of many steps since the last time the newest says it all.
    const latest = news.splice(0).at(-1);
    if (latest === undefined) {
      await new Promise<void>((resolve) => {
        wake = resolve;
        if (isDone) resolve();
      });
    } else yield { type: 'fetching', file: latest.file, bytes: latest.fileDone, totalBytes: latest.fileTotal };
  }
  const { folder, commit, isStale } = await fetching;
  if (isStale) yield { type: 'stale', commit };
  return folder;
}
