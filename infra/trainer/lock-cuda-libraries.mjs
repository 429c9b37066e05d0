// Fetches onnxruntime-node's CUDA libraries by its own install script and writes their hashes to cuda-libraries.sha256, by
// which the training container's build checks what it gets. Plain JavaScript without packages: any Node runs it, on linux/x64.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What training loads; the one for TensorRT is fetched with them and left out. */
export const LIBRARIES = ['libonnxruntime_providers_cuda.so', 'libonnxruntime_providers_shared.so'];

/** The lock file with the hashes of the libraries in a folder; its comments stay. */
export function lockText(text, folder) {
  const comments = text.split('\n').filter((line) => line.startsWith('#'));
  const hashes = LIBRARIES.map((name) => {
    const hash = createHash('sha256').update(readFileSync(join(folder, name)));
    return `${hash.digest('hex')}  ${name}`;
  });
  return `${[...comments, ...hashes].join('\n')}\n`;
}

function main() {
  const here = dirname(fileURLToPath(import.meta.url));
  const modules = join(here, '..', '..', 'node_modules');
  if (!existsSync(join(modules, 'onnxruntime-node'))) {
    process.stderr.write('lock-cuda-libraries: there is no onnxruntime-node yet. Run npm install first.\n');
    return 1;
  }
  // In a copy, from which the packages that the script needs are found as from the original: in the original the libraries
  // would make this machine look like one with CUDA.
  const cache = join(modules, '.cache');
  mkdirSync(cache, { recursive: true });
  const scratch = mkdtempSync(join(cache, 'cuda-libraries-'));
  try {
    cpSync(join(modules, 'onnxruntime-node'), scratch, { recursive: true });
    const env = { ...process.env, ONNXRUNTIME_NODE_INSTALL: 'cuda12' };
    const { status } = spawnSync(process.execPath, [join(scratch, 'script', 'install.js')], { env, stdio: 'inherit' });
    if (status !== 0) return 1;
    const lock = join(here, 'cuda-libraries.sha256');
    const folder = join(scratch, 'bin', 'napi-v6', 'linux', 'x64');
    writeFileSync(lock, lockText(readFileSync(lock, 'utf8'), folder));
    return 0;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exitCode = main();
