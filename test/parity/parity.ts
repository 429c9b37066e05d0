/**
 * Whether bundles load as they are in transformers, optimum and transformers.js, and compute the same there:
 * `npm run test:parity` with tiny taggers of every architecture and head that it trains, `npm run test:parity --
 * FOLDER ...` with bundles. The libraries are installed outside the clone on the first run. Where that is impossible nothing is checked
 * and the reason printed, except in continuous integration, where it is a failure. The last line counts.
 */
import '../../shared/env.ts';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { ensureNodePackages } from '../../scripts/node-packages.mjs';
import { ensurePythonEnvironment } from '../../scripts/python-environment.mjs';
import { readEnv } from '../../shared/env.ts';
import { childOutput } from '../support/child-output.ts';
import { answersSchema, type Answers } from './answer.ts';
import { compareAnswers, type Check } from './compare.ts';
import { ownAnswer } from './own-answer.ts';
import { trainBundles } from './trained-bundles.ts';

/** Of several lengths, with what the tiny vocabulary has and has not, with punctuation, accents and capitals. */
const SENTENCES = [
  'Just landed in Berlin !',
  '@justinbieber when r u coming to the Staples Center in LA ???',
  'RT @nytimes : Apple unveils new iPhone',
  'ok',
  'naïve café in São Paulo w/ my #squad',
].map((text) => text.split(' '));

interface Peers {
  readonly python: string;
  readonly packages: string;
}

function ensurePeers(): Peers | { readonly missing: string } {
  const environment = ensurePythonEnvironment();
  if (environment.missing !== undefined) return { missing: `no Python environment: ${environment.missing}` };
  const installed = ensureNodePackages(join(import.meta.dirname, 'transformers-js'));
  if (installed.missing !== undefined) return { missing: `no transformers.js: ${installed.missing}` };
  return { python: environment.python, packages: installed.folder };
}

async function ask(command: readonly string[], bundles: readonly string[]): Promise<Answers> {
  const input = JSON.stringify({ bundles, sentences: SENTENCES });
  return answersSchema.parse(JSON.parse(await childOutput(command, { input, env: { HF_HUB_OFFLINE: '1' } })));
}

interface Row extends Check {
  readonly bundle: string;
}

async function compare(bundles: readonly string[], { python, packages }: Peers): Promise<readonly Row[]> {
  const script = (name: string): string => join(import.meta.dirname, name);
  const answers = [
    await ask([python, script('hf_load.py')], bundles),
    await ask([process.execPath, script('tjs_load.mjs'), packages], bundles),
  ];
  const versions = answers.flatMap((answer) => Object.entries(answer.versions));
  console.log(versions.map(([library, version]) => `${library} ${version}`).join(', '));
  const rows: Row[] = [];
  for (const [i, bundle] of bundles.entries()) {
    const ours = await ownAnswer(bundle, SENTENCES);
    for (const { bundles: theirs } of answers) {
      for (const check of compareAnswers(ours, theirs[i]!)) rows.push({ ...check, bundle: basename(bundle) });
    }
  }
  return rows;
}

function formatRow({ bundle, what, worst, difference }: Row): string {
  const verdict = difference === undefined ? 'same' : `DIFFERENT: ${difference}`;
  return `${bundle.padEnd(14)} ${what.padEnd(32)} ${worst.toExponential(1).padStart(8)}  ${verdict}`;
}

function report(counts: { readonly passed: number; readonly failed: number; readonly skipped: number }): void {
  console.log(`tests: ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
  if (counts.failed > 0) process.exitCode = 1;
}

async function main(folders: readonly string[]): Promise<void> {
  const peers = ensurePeers();
  if ('missing' in peers) {
    const isFailure = readEnv('CI') === 'true';
    console.log(`parity with transformers, optimum and transformers.js was not checked: ${peers.missing}`);
    report({ passed: 0, failed: isFailure ? 1 : 0, skipped: isFailure ? 0 : 1 });
    return;
  }
  const temporary = await mkdtemp(join(tmpdir(), 'tagwright-parity-'));
  try {
    const bundles = folders.length > 0 ? folders.map((folder) => resolve(folder)) : await trainBundles(temporary);
    const rows = await compare(bundles, peers);
    console.log(rows.map(formatRow).join('\n'));
    const failed = rows.filter(({ difference }) => difference !== undefined).length;
    report({ passed: rows.length - failed, failed, skipped: 0 });
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

await main(process.argv.slice(2));
