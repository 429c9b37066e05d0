import { build, stop } from 'esbuild';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { ConsoleAsset } from '../api/deps.ts';

const appFile = (name: string): string => fileURLToPath(new URL(`./app/${name}`, import.meta.url));

/** Path, file and type of what is sent as it is. */
const STATIC_FILES = [
  ['/', 'index.html', 'text/html; charset=utf-8'],
  ['/console.css', 'console.css', 'text/css; charset=utf-8'],
  ['/favicon.svg', 'favicon.svg', 'image/svg+xml'],
] as const;

/**
 * The files of the page by path, held in memory: the script bundled by esbuild, the rest as it is. Takes some tens of
 * milliseconds and no network.
 */
export async function buildConsole(): Promise<ReadonlyMap<string, ConsoleAsset>> {
  const assets = new Map<string, ConsoleAsset>();
  for (const [path, name, contentType] of STATIC_FILES) {
    assets.set(path, createAsset(await readFile(appFile(name), 'utf8'), contentType));
  }
  assets.set('/console.js', createAsset(await bundleScript(), 'text/javascript; charset=utf-8'));
  return assets;
}

async function bundleScript(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [appFile('main.ts')],
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    minify: true,
    legalComments: 'none',
    logLevel: 'silent',
  });
  // esbuild keeps a process for the next build, and there is none.
  await stop();
  return outputFiles[0]!.text;
}

function createAsset(body: string, contentType: string): ConsoleAsset {
  return { body, contentType, etag: `"${createHash('sha256').update(body).digest('hex').slice(0, 16)}"` };
}
