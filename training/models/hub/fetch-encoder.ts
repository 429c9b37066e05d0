import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { NerError } from '../../../shared/ner-error.ts';
import { missingTokenizer, TOKENIZER_FILES } from '../../../shared/text/tokenizer.ts';
import { readEncoderConfig } from '../encoder-config.ts';
import { readConfigJson } from '../pretrained-encoder.ts';
import { missingWeights, shardsOf, WEIGHTS_FILE, WEIGHTS_INDEX } from '../weight-files.ts';
import { cacheLayout, linkToBlob, sizeOf, unwritable, type CacheLayout } from './cache-layout.ts';
import { downloadFile, type HubFile } from './download-file.ts';
import { withDownloadLock } from './download-lock.ts';
import { createHubFetch, unreachable, type HubRequest } from './hub-fetch.ts';
import { COMMIT, commitOf, filesOf } from './hub-listing.ts';
import type { HubSettings } from './hub-settings.ts';

export interface FetchProgress {
  /** The file that is downloaded now, and how much of it is there. */
  readonly file: string;
  readonly fileDone: number;
  readonly fileTotal: number;
}

export interface FetchEncoderOptions extends HubSettings {
  /** `organisation/name`, or `name`. */
  readonly id: string;
  /** A branch, a tag or a commit. Default `main`. */
  readonly revision?: string | undefined;
  readonly onProgress?: (progress: FetchProgress) => void;
  readonly signal?: AbortSignal | undefined;
  /** Tries in a row that bring no byte before it gives up. Default 5. */
  readonly attempts?: number;
  /** Waited before the second try; twice as long before the next. Default 1,000. */
  readonly retryMs?: number;
  /** How long a server may say nothing. Default 30,000. */
  readonly stallMs?: number;
}

export interface FetchedEncoder {
  /** For readEncoderFolder. */
  readonly folder: string;
  readonly commit: string;
  /** Whether the hub could not be asked, and this is what `revision` was when it last could. */
  readonly isStale: boolean;
}

interface Fetching {
  readonly options: FetchEncoderOptions;
  readonly request: HubRequest;
  readonly ask: typeof fetch;
  readonly layout: CacheLayout;
}

const REVISION = /^\w[\w.-]*(\/\w[\w.-]*)*$/;

/**
 * Downloads what fine-tuning needs of a model of the hub: config.json, the tokeniser, the weights in safetensors. What is in
 * the cache is not downloaded again; a commit that is there whole does not even need the network. The weights come last,
 * after config.json was found to be of an encoder that we have.
 *
 * @throws {E_HUB_UNKNOWN}, {E_HUB_DENIED}, {E_HUB_REVISION}, {E_HUB_UNREACHABLE}, {E_HUB_CORRUPT}
 * @throws {E_ENCODER_MISSING}, {E_ENCODER_UNSUPPORTED}, {E_TOKENIZER_MISSING}, {E_WEIGHTS_MISSING} when it is no such model
 * @throws {E_FILE_UNWRITABLE} when the disk is full, or the cache may not be written
 */
export async function fetchEncoder(options: FetchEncoderOptions): Promise<FetchedEncoder> {
  const { id, revision = 'main', endpoint, token, cacheDir, signal, stallMs = 30_000 } = options;
  if (!REVISION.test(revision) || revision.includes('..')) {
    const expected = 'expected a branch, a tag or a commit';
    throw new NerError('E_HUB_REVISION', `${id}: this cannot be a revision, got '${revision}'; ${expected}. Check it.`);
  }
  const request: HubRequest = { endpoint, id, revision, token, signal, stallMs };
  const fetching: Fetching = { options, request, ask: createHubFetch(request), layout: cacheLayout(cacheDir, id) };
  const known = cachedCommit(fetching);
  const cached = known === undefined ? undefined : fetching.layout.snapshot(known);
  const isWhole = cached !== undefined && isComplete(cached);
  if (isWhole && (options.offline || known === revision)) {
    return { folder: cached, commit: known!, isStale: options.offline && known !== revision };
  }
  if (options.offline) throw unreachable(request, new Error('HF_HUB_OFFLINE, and the model is not in the cache'));
  try {
    const commit = await commitOf(request, fetching.ask);
    const folder = await fetchCommit(fetching, commit);
    if (commit !== revision) {
      writing(fetching.layout.ref(revision), (path) => {
        writeFileSync(path, commit);
      });
    }
    return { folder, commit, isStale: false };
  } catch (error) {
    if (isWhole && error instanceof NerError && error.code === 'E_HUB_UNREACHABLE') {
      return { folder: cached, commit: known!, isStale: true };
    }
    throw error;
  }
}

/** The commit that the revision is, or was when the hub was last asked. */
function cachedCommit({ layout, request: { revision } }: Fetching): string | undefined {
  if (COMMIT.test(revision)) return revision;
  const ref = layout.ref(revision);
  const commit = existsSync(ref) ? readFileSync(ref, 'utf8').trim() : '';
  return COMMIT.test(commit) ? commit : undefined;
}

function isComplete(folder: string): boolean {
  const has = (name: string): boolean => sizeOf(join(folder, name)) !== undefined;
  if (!has('config.json') || !(has('tokenizer.json') || has('vocab.txt'))) return false;
  if (has(WEIGHTS_FILE)) return true;
  const index = join(folder, WEIGHTS_INDEX);
  return existsSync(index) && [...shardsOf(readFileSync(index), index).keys()].every(has);
}

async function fetchCommit(fetching: Fetching, commit: string): Promise<string> {
  const { options, request, layout } = fetching;
  const { id, endpoint } = request;
  const files = await filesOf(request, fetching.ask, commit);
  const folder = layout.snapshot(commit);
  const get = async (name: string): Promise<void> => {
    const file = files.get(name);
    if (file === undefined || sizeOf(join(folder, name)) === file.size) return;
    const url = `${endpoint}/${id}/resolve/${commit}/${name}`;
    await getFile(fetching, { file, url, path: join(folder, name) });
  };
  checkFiles(id, [...files.keys()]);
  await withDownloadLock(layout.lock, request.signal, async () => {
    await get('config.json');
    readEncoderConfig(readConfigJson(folder), `${id}/config.json`);
    for (const name of TOKENIZER_FILES) await get(name);
    if (files.has(WEIGHTS_FILE)) await get(WEIGHTS_FILE);
    else {
      await get(WEIGHTS_INDEX);
      const index = join(folder, WEIGHTS_INDEX);
      for (const name of shardsOf(readFileSync(index), `${id}/${WEIGHTS_INDEX}`).keys()) await get(name);
    }
  });
  options.signal?.throwIfAborted();
  return folder;
}

/** Before anything is downloaded. */
function checkFiles(id: string, names: readonly string[]): void {
  if (!names.includes('config.json')) {
    throw new NerError(
      'E_ENCODER_MISSING',
      `${id}: there is no config.json on the hub, got ${names.length} files; expected a model for transformers. ` +
        'Choose another model.',
    );
  }
  if (!names.includes('tokenizer.json') && !names.includes('vocab.txt')) throw missingTokenizer(id, names);
  if (!names.includes(WEIGHTS_FILE) && !names.includes(WEIGHTS_INDEX)) throw missingWeights(id, names);
}

async function getFile(
  { options, request, ask, layout }: Fetching,
  { file, url, path }: { readonly file: HubFile; readonly url: string; readonly path: string },
): Promise<void> {
  const blob = layout.blob(file.hash.hex);
  if (sizeOf(blob) !== file.size) {
    await downloadFile(url, file, blob, {
      request,
      fetch: ask,
      attempts: options.attempts ?? 5,
      retryMs: options.retryMs ?? 1_000,
      onBytes: (fileDone) => options.onProgress?.({ file: file.name, fileDone, fileTotal: file.size }),
    });
  }
  writing(path, () => {
    linkToBlob(blob, path);
  });
}

/** Makes the folder of a file and does what is to be done there. */
function writing(path: string, work: (path: string) => void): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
    work(path);
  } catch (error) {
    throw unwritable(path, error);
  }
}
