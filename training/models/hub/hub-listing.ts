import { listFiles, modelInfo } from '@huggingface/hub';
import { NerError } from '../../../shared/ner-error.ts';
import type { HubFile } from './download-file.ts';
import { unreachable, type HubRequest } from './hub-fetch.ts';

export const COMMIT = /^[0-9a-f]{40}$/;
/** Names a file in the cache, so nothing else may be in it. */
const HASH = /^[0-9a-f]{40}([0-9a-f]{24})?$/;

/**
 * The commit that a revision is now.
 *
 * @throws {E_HUB_UNKNOWN}, {E_HUB_DENIED}, {E_HUB_REVISION}, {E_HUB_UNREACHABLE}
 */
export async function commitOf(request: HubRequest, ask: typeof fetch): Promise<string> {
  const { id, revision, endpoint } = request;
  return asking(request, async () => {
    const { sha } = await modelInfo({ name: id, revision, hubUrl: endpoint, additionalFields: ['sha'], fetch: ask });
    if (!COMMIT.test(sha)) throw new Error(`no commit but '${sha}'`);
    return sha;
  });
}

/** Files at the root of a model, by name. Errors as `commitOf`. */
export async function filesOf(
  request: HubRequest,
  ask: typeof fetch,
  commit: string,
): Promise<ReadonlyMap<string, HubFile>> {
  const { id, endpoint } = request;
  return asking(request, async () => {
    const files = new Map<string, HubFile>();
    for await (const entry of listFiles({ repo: id, revision: commit, hubUrl: endpoint, fetch: ask })) {
      if (entry.type !== 'file') continue;
      const { path: name, size, lfs, oid = '' } = entry;
      const hex = lfs?.oid ?? oid;
      if (!HASH.test(hex)) throw new Error(`no hash of ${name} but '${hex}'`);
      files.set(name, {
        name,
        size: lfs?.size ?? size,
        hash: { algorithm: lfs === undefined ? 'git' : 'sha256', hex },
      });
    }
    return files;
  });
}

/** What is no error of ours is one of the answer: a proxy's page, half a list. */
async function asking<T>(request: HubRequest, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    request.signal?.throwIfAborted();
    throw error instanceof NerError ? error : unreachable(request, error);
  }
}
