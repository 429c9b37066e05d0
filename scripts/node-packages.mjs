// npm packages that Tagwright is compared with, installed outside the clone, so that nobody who only uses Tagwright
// downloads them. Plain JavaScript that any Node runs.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cachedFolder } from './cached-folder.mjs';

/**
 * The folder whose node_modules has the packages of the package.json and package-lock.json in `source`: of an earlier
 * run with the same lock, else installed now. `{ folder }`, or `{ missing }` with the reason.
 */
export function ensureNodePackages(source, { cache, say = (line) => process.stderr.write(`${line}\n`) } = {}) {
  const files = ['package.json', 'package-lock.json'];
  const hash = createHash('sha256');
  for (const file of files) hash.update(readFileSync(join(source, file)));
  let missing;
  const build = (folder) => {
    say(`node-packages: installing what ${join(source, 'package.json')} lists ...`);
    mkdirSync(folder);
    for (const file of files) copyFileSync(join(source, file), join(folder, file));
    const result = spawnSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], {
      cwd: folder,
      encoding: 'utf8',
      shell: process.platform === 'win32',
      // Without this onnxruntime-node downloads CUDA libraries that a CPU has no use for.
      env: { ...process.env, ONNXRUNTIME_NODE_INSTALL: 'skip' },
    });
    if (result.error === undefined && result.status === 0) return;
    missing = `npm ci failed: ${result.error?.message ?? result.stderr.trim().split('\n').slice(-3).join(' ')}`;
    throw new Error(missing);
  };
  try {
    const folder = cachedFolder(`node-${hash.digest('hex').slice(0, 16)}`, { cache, build });
    say(`node-packages: ${folder}`);
    return { folder };
  } catch (error) {
    if (missing === undefined) throw error;
    return { missing };
  }
}
