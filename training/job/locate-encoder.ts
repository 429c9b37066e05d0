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
  const news = new TransformStream<FetchProgress, FetchProgress>(
    undefined,
    new CountQueuingStrategy({ highWaterMark: Infinity }),
  );
  const writer = news.writable.getWriter();
  const onProgress = (progress: FetchProgress): void => void writer.write(progress);
  const fetching = fetchEncoder({ ...hub, id: place.id, revision, onProgress }).finally(() => writer.close());
  // It is awaited below; a failure before that is not unhandled.
  fetching.catch(() => undefined);
  for await (const { file, fileDone, fileTotal } of news.readable) {
    yield { type: 'fetching', file, bytes: fileDone, totalBytes: fileTotal };
  }
  const { folder, commit, isStale } = await fetching;
  if (isStale) yield { type: 'stale', commit };
  return folder;
}
