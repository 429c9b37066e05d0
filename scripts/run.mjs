// Entry of every npm script and of `npx tagwright`. Plain JavaScript that any Node runs: it makes sure that what is
// installed is what package-lock.json says, then starts the verb on the Node that the project pins.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setInterval } from 'node:timers';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const bin = (name) => join('node_modules', ...name.split('/'));
const nodePath = join(root, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');

/** What the pinned Node runs for each npm script, one after the other; the caller's arguments go to the last. */
const verbs = {
  start: [['cli/main.ts', 'start']],
  tagwright: [['cli/main.ts']],
  test: [[bin('vitest/vitest.mjs'), 'run']],
  'test:emulator': [[bin('vitest/vitest.mjs'), 'run', '--config', 'test/emulator/vitest.config.ts']],
  'test:parity': [['test/parity/parity.ts']],
  bench: [['test/bench/main.ts']],
  starter: [['scripts/make-starter.ts']],
  reproduce: [['scripts/reproduce.ts']],
  bundle: [['scripts/bundle-functions.ts']],
  // What `npx cdk` runs (cdk.json): the functions are bundled, then the templates are written.
  synth: [['scripts/synth.ts']],
  'test:aws': [['test/aws/main.ts']],
  'test:gpu': [['test/gpu/main.ts']],
  audit: [['scripts/audit.ts']],
  sbom: [['scripts/sbom.ts']],
  licences: [['scripts/licences.ts']],
  lint: [[bin('eslint/bin/eslint.js'), '.']],
  format: [[bin('prettier/bin/prettier.cjs'), '--write', '.']],
  'format:check': [[bin('prettier/bin/prettier.cjs'), '--check', '.']],
  types: [
    [bin('typescript/bin/tsc'), '-p', 'functions/console'],
    [bin('typescript/bin/tsc'), '-p', '.'],
  ],
};

/** Verbs that need nothing of what tests, checks and deployment are made with: half of the packages, most of the bytes. */
const verbsOfUsers = new Set(['start', 'tagwright']);

/**
 * The first package whose installed version is not the locked one, in words; undefined when all agree. Without
 * `development`, packages that are for development alone may be absent or old.
 */
export function firstDifference(lock, installed, { development = true } = {}) {
  for (const [path, locked] of Object.entries(lock.packages)) {
    if (path === '' || (locked.dev && !development)) continue;
    const found = installed.packages[path];
    if (found === undefined) {
      // Optional packages are for one platform each, and npm leaves out those of the others.
      if (locked.optional || locked.devOptional || locked.peer) continue;
      return `${path} is not installed`;
    }
    if (found.version !== locked.version) return `${path} is ${found.version}, locked is ${locked.version}`;
  }
  return undefined;
}

function readJson(file) {
  return JSON.parse(readFileSync(join(root, file), 'utf8'));
}

/** Makes sure of the locked packages, at first of no more than the verb needs. */
function ensurePackages(development) {
  const hidden = join('node_modules', '.package-lock.json');
  if (!existsSync(join(root, hidden))) {
    installPackages('nothing is installed yet', development ? [] : ['--omit=dev']);
    return;
  }
  const reason = firstDifference(readJson('package-lock.json'), readJson(hidden), { development });
  if (reason !== undefined) installPackages(reason, []);
}

function ensureInstalled(verb) {
  ensurePackages(!verbsOfUsers.has(verb));
  // .npmrc switches install scripts off, so the pinned Node is put in place here. It is not among the locked packages,
  // and an `npm install` of something else takes it away.
  if (!existsSync(nodePath)) installNode();
}

const installOptions = {
  cwd: root,
  stdio: ['ignore', 'ignore', 'inherit'],
  shell: process.platform === 'win32',
  // Without this onnxruntime-node downloads CUDA libraries that a CPU has no use for.
  env: { ...process.env, ONNXRUNTIME_NODE_INSTALL: 'skip' },
};

function installPackages(reason, options) {
  process.stderr.write(`tagwright: installing dependencies (${reason}) ...\n`);
  const result = spawnSync('npm', ['ci', ...options, '--no-audit', '--no-fund', '--loglevel=error'], installOptions);
  if (result.error === undefined && result.status === 0) return;
  process.stderr.write(
    `tagwright: npm ci failed (${result.error?.message ?? `exit code ${result.status}`}). Is the npm registry reachable?\n`,
  );
  process.exit(1);
}

function installNode() {
  process.stderr.write('tagwright: installing the pinned Node ...\n');
  const cwd = join(root, 'node_modules', 'node');
  const env = { ...installOptions.env, npm_config_loglevel: 'error' };
  spawnSync(process.execPath, ['--no-deprecation', 'installArchSpecificPackage.js'], {
    ...installOptions,
    cwd,
    env,
    shell: false,
  });
  if (existsSync(nodePath)) return;
  process.stderr.write(
    'tagwright: the pinned Node could not be installed; remove node_modules and run the command again.\n',
  );
  process.exit(1);
}

function main(verb, args) {
  const commands = verbs[verb];
  if (commands === undefined) {
    process.stderr.write(`tagwright: unknown script '${verb}'; expected one of ${Object.keys(verbs).join(', ')}.\n`);
    process.exit(2);
  }
  ensureInstalled(verb);
  // tagwright is used from any folder; the other scripts work on the repository.
  const cwd = verb === 'tagwright' ? process.cwd() : root;
  runNext(commands, args, cwd);
}

function runNext([[script, ...own], ...later], args, cwd) {
  const nodeArgs = [
    '--disable-warning=ExperimentalWarning',
    join(root, script),
    ...own,
    ...(later.length > 0 ? [] : args),
  ];
  const child = spawn(nodePath, nodeArgs, {
    cwd,
    stdio: 'inherit',
    env: { ...process.env, ORT_DISABLE_TELEMETRY: '1' },
  });
  // A terminal sends Ctrl-C to the whole group, the child included; a supervisor sends it to this process alone.
  const onInterrupt = () => (process.stdin.isTTY ? undefined : child.kill('SIGINT'));
  const onTerminate = () => child.kill('SIGTERM');
  process.on('SIGINT', onInterrupt).on('SIGTERM', onTerminate);
  // npm starts scripts through a shell that passes no signal on: when it is gone, nobody is left to end the child.
  const parent = process.ppid;
  setInterval(() => (process.ppid === parent ? undefined : child.kill('SIGTERM')), 1_000).unref();
  child.on('exit', (code, signal) => {
    process.off('SIGINT', onInterrupt).off('SIGTERM', onTerminate);
    if (code === 0 && later.length > 0) runNext(later, args, cwd);
    else process.exit(signal === null ? code : 1);
  });
}

if (process.argv[1] !== undefined && fileURLToPath(import.meta.url) === process.argv[1]) {
  const [verb = '', ...args] = process.argv.slice(2);
  main(verb, args);
}
export { main };
