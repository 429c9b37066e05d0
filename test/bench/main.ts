/**
 * How fast Tagwright is on this machine: `npm run bench` measures everything, `npm run bench -- tag stream` only that, with
 * `--model DIR` a bundle instead of one trained on data/sample. `-- stream --seconds 600 --rate 6500` streams from HTTP for
 * so long. `-- train --peers` measures training against torch, and with `--quality` the F1 of both; `-- tag --peers`
 * tagging against transformers, optimum and transformers.js, with the bundles `--model` and `--int8` or its own.
 * A table goes to stderr, JSON to stdout; with `--json` nothing but the JSON is printed, `--out FILE` also writes it.
 */
import '../../shared/env.ts';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { cli } from '../support/cli.ts';
import { sampleCorpus } from './bench-inputs.ts';
import { formatFigures, type Figure } from './figure.ts';
import { groups, type BenchContext, type GroupName } from './groups.ts';
import { describeMachine, formatMachine } from './machine.ts';
import { measurePeers } from './peers.ts';
import { commandOf, readWish, USAGE, type Wish } from './wish.ts';

async function trainOnSample({ model, say }: BenchContext): Promise<void> {
  say('training a model on data/sample ...');
  const { code, stderr } = await cli(['train', '--corpus', sampleCorpus, '--out', model]);
  if (code !== 0) throw new Error(`training ended with ${String(code)}: ${stderr}`);
}

async function measure(names: readonly GroupName[], context: BenchContext): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  for (const name of names) figures.push(...(await groups[name](context)));
  return figures;
}

async function main(wish: Wish): Promise<void> {
  const { model, names, peers, firehose, json, out } = wish;
  const say = (line: string): void => {
    if (!json) console.error(line);
  };
  const folder = await mkdtemp(join(tmpdir(), 'tagwright-bench-'));
  try {
    const date = new Date().toISOString();
    const machine = describeMachine();
    say(formatMachine(machine));
    const context = { model: model === undefined ? join(folder, 'model') : resolve(model), folder, say, firehose };
    if (peers === undefined && model === undefined) await trainOnSample(context);
    const figures = peers === undefined ? await measure(names, context) : await measurePeers(peers, { say, folder });
    const report = { command: commandOf(wish), date, machine, figures };
    say(`\n${formatFigures(figures)}`);
    const text = `${JSON.stringify(report, null, 2)}\n`;
    process.stdout.write(text);
    if (out !== undefined) await writeFile(out, text);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const wish = readWish(process.argv.slice(2));
if (wish === undefined) {
  console.error(USAGE);
  process.exitCode = 2;
} else await main(wish);
