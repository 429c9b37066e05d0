// The Python packages that Tagwright is compared with, in a virtual environment outside the clone. Nothing of the product
// needs it. Plain JavaScript that any Node runs: `node scripts/python-environment.mjs` makes it and prints its Python.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cachedFolder } from './cached-folder.mjs';

const pinned = fileURLToPath(new URL('../test/parity/requirements.txt', import.meta.url));
const isWindows = process.platform === 'win32';

/** The oldest Python for which the pinned packages have wheels. */
const OLDEST = [3, 11];

/** Imports what is pinned, which also compiles it, so that the first use is as fast as all others. */
const IMPORT_ALL = 'import optimum.onnxruntime, seqeval.metrics, torch, transformers';

class EnvironmentError extends Error {}

function run(command, args, what) {
  const { error, status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', maxBuffer: 2 ** 26 });
  if (error === undefined && status === 0) return stdout;
  const reason = error?.message ?? stderr.trim().split('\n').slice(-3).join(' ');
  throw new EnvironmentError(`${what}: ${reason}`);
}

function versionOf(python) {
  const version = run(
    python,
    ['-c', 'import platform; print(platform.python_version())'],
    'Python 3 is missing',
  ).trim();
  const [major, minor] = version.split('.').map(Number);
  if (major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])) return version;
  throw new EnvironmentError(`Python is too old, got ${version}; expected ${OLDEST.join('.')} or newer`);
}

const pythonIn = (folder) => (isWindows ? join(folder, 'Scripts', 'python.exe') : join(folder, 'bin', 'python'));

function starts(folder) {
  const { error, status } = spawnSync(pythonIn(folder), ['-c', ''], { stdio: 'ignore' });
  return error === undefined && status === 0;
}

/**
 * A Python that has exactly the packages of `requirements`: of an earlier run where there is one for the same file and
 * the same version of Python, else made now. `{ python }`, or `{ missing }` with the reason.
 */
export function ensurePythonEnvironment({
  requirements = pinned,
  basePython = isWindows ? 'python' : 'python3',
  check = IMPORT_ALL,
  download = 'about 2 GB',
  cache,
  say = (line) => process.stderr.write(`${line}\n`),
} = {}) {
  try {
    const version = versionOf(basePython);
    const key = createHash('sha256').update(version).update(readFileSync(requirements)).digest('hex').slice(0, 16);
    const build = (folder) => {
      say(
        `python-environment: installing the pinned packages for Python ${version}: ${download} to download, minutes ...`,
      );
      run(basePython, ['-m', 'venv', folder], 'the virtual environment could not be made');
      // Without --no-deps Torch would bring packages that nothing here needs; the file lists those that it does need.
      const options = ['--no-deps', '--no-compile', '--no-cache-dir', '--quiet', '--disable-pip-version-check'];
      const python = pythonIn(folder);
      run(python, ['-m', 'pip', 'install', ...options, '-r', requirements], 'pip could not install the packages');
      run(python, ['-c', check], 'the installed packages do not work');
    };
    const folder = cachedFolder(`python-${key}`, { cache, isUsable: starts, build });
    say(`python-environment: ${folder}`);
    return { python: pythonIn(folder) };
  } catch (error) {
    if (error instanceof EnvironmentError) return { missing: error.message };
    throw error;
  }
}

if (process.argv[1] !== undefined && fileURLToPath(import.meta.url) === process.argv[1]) {
  const { python, missing } = ensurePythonEnvironment();
  if (missing === undefined) process.stdout.write(`${python}\n`);
  else {
    process.stderr.write(`python-environment: ${missing}\n`);
    process.exitCode = 1;
  }
}
