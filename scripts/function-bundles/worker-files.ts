import type { Plugin } from 'esbuild';
import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** How the code names the module of a thread that it starts. */
const WORKER_URL = /new URL\('(\.\/[\w/-]+-worker)\.ts', import\.meta\.url\)/g;

/** The threads' modules that a bundle starts, by the name that they have beside it. */
export type WorkerFiles = Map<string, string>;

/** `x-worker.mjs`, beside the bundle. */
export function workerFileName(path: string): string {
  return `${basename(path, '.ts')}.mjs`;
}

/**
 * Lets a bundle start its threads: a module that is named by its place beside the source lies beside the bundle instead. Which
 * ones there are is noted in `found`, since each needs a bundle of its own.
 */
export function workerFiles(found: WorkerFiles): Plugin {
  return {
    name: 'worker-files',
    setup: (build) => {
      build.onLoad({ filter: /\/(?:shared|functions)\/.*\.ts$/ }, async ({ path }) => {
        const source = await readFile(path, 'utf8');
        const contents = source.replace(WORKER_URL, (_, name: string) => {
          const worker = join(dirname(path), `${name}.ts`);
          found.set(workerFileName(worker), worker);
          return `new URL('./${workerFileName(worker)}', import.meta.url)`;
        });
        return { contents, loader: 'ts' };
      });
    },
  };
}
