import { copyFileSync, mkdirSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { NerError } from '../../../shared/ner-error.ts';

/**
 * A model's folder in the cache, as huggingface_hub of Python lays it out, so that both find each other's files:
 * `blobs/HASH` has the contents, `snapshots/COMMIT/NAME` links to them, `refs/REVISION` says which commit that was.
 */
export interface CacheLayout {
  readonly root: string;
  readonly lock: string;
  readonly ref: (revision: string) => string;
  readonly snapshot: (commit: string) => string;
  readonly blob: (hash: string) => string;
}

export function cacheLayout(cacheDir: string, id: string): CacheLayout {
  const root = join(cacheDir, ['models', ...id.split('/')].join('--'));
  return {
    root,
    lock: join(root, '.tagwright.lock'),
    ref: (revision) => join(root, 'refs', ...revision.split('/')),
    snapshot: (commit) => join(root, 'snapshots', commit),
    blob: (hash) => join(root, 'blobs', hash),
  };
}

/** Makes `path` stand for `blob`; a copy where links are not allowed, as on Windows. */
export function linkToBlob(blob: string, path: string): void {
  mkdirSync(dirname(path), { recursive: true });
  rmSync(path, { force: true });
  try {
    symlinkSync(relative(dirname(path), blob), path);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) throw error;
    copyFileSync(blob, path);
  }
}

/** The size of a file, behind a link too; undefined when there is none. */
export function sizeOf(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.size;
}

/** The E_FILE_UNWRITABLE for what the file system said. */
export function unwritable(path: string, error: unknown): NerError {
  const isFull = error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT');
  return new NerError(
    'E_FILE_UNWRITABLE',
    `${path}: the file cannot be written, got ${isFull ? 'a full disk' : String(error)}; expected room for the model. ` +
      'Make room, or set HF_HOME to a folder with more; what was downloaded is kept.',
    { cause: error },
  );
}
