import { build, stop } from 'esbuild';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { ConsoleAsset, ConsoleFiles } from '../api/deps.ts';

const appFile = (name: string): string => fileURLToPath(new URL(`./app/${name}`, import.meta.url));

/** Path, file and type of what is sent as it is. */
const STATIC_FILES = [
  ['/', 'index.html', 'text/html; charset=utf-8'],
  ['/trends', 'trends.html', 'text/html; charset=utf-8'],
  ['/console.css', 'console.css', 'text/css; charset=utf-8'],
  ['/trends.css', 'trends/trends.css', 'text/css; charset=utf-8'],
  ['/favicon.svg', 'favicon.svg', 'image/svg+xml'],
] as const;

/** Path and entry of what is bundled. */
const SCRIPTS = [
  ['/console.js', 'main.ts'],
  ['/trends.js', 'trends/main.ts'],
] as const;

/**
 * The files of the pages by path: scripts bundled by esbuild, the rest as it is. Each is made when it is first asked for,
 * since the host must not wait for the chart library before it serves, and kept. No network.
 */
export function consoleFiles(): ConsoleFiles {
  const files = new Map<string, () => Promise<ConsoleAsset>>();
  for (const [path, name, contentType] of STATIC_FILES) {
    files.set(
      path,
      once(async () => createAsset(await readFile(appFile(name), 'utf8'), contentType)),
    );
  }
  for (const [path, name] of SCRIPTS) {
    files.set(
      path,
      once(async () => createAsset(await bundleScript(name), 'text/javascript; charset=utf-8')),
    );
  }
  return files;
}

/** Works at the first call; a failure is not kept. */
function once<T>(work: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= work();
    made.catch(() => {
      made = undefined;
    });
    return made;
  };
}

/** The bundle that is being made, or was made last: two at once would end each other's process. */
let bundling: Promise<unknown> = Promise.resolve();

function bundleScript(name: string): Promise<string> {
  const bundle = bundling.then(() => bundleNow(name));
  bundling = bundle.catch(() => undefined);
  return bundle;
}

async function bundleNow(name: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [appFile(name)],
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    minify: true,
    legalComments: 'none',
    logLevel: 'silent',
  });
  // esbuild keeps a process for the next build, and there may be none.
  await stop();
  return outputFiles[0]!.text;
}

function createAsset(body: string, contentType: string): ConsoleAsset {
  return { body, contentType, etag: `"${createHash('sha256').update(body).digest('hex').slice(0, 16)}"` };
}
