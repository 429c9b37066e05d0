/**
 * How fast Tagwright is on this machine: `npm run bench` measures everything, `npm run bench -- tag stream` only that, with `--model DIR` a bundle instead of one trained on data/sample,
 * `npm run bench -- train --peers` training against torch, and with `--quality` the F1 of both, `npm run bench -- tag
 * --peers` tagging against transformers, optimum and transformers.js, with the bundles `--model` and `--int8` or its own.
 * A table goes to stderr, JSON to stdout; with `--json` nothing but the JSON is printed, `--out FILE` also writes it.
 */
import '../../shared/env.ts';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { cli } from '../support/cli.ts';
import { sampleCorpus } from './bench-inputs.ts';
import { formatFigures, type Figure } from './figure.ts';
import { groups, isGroupName, type BenchContext, type GroupName } from './groups.ts';
import { describeMachine, formatMachine } from './machine.ts';
import { measurePeers, type PeerWish } from './peers.ts';

const USAGE = `usage: npm run bench -- [${Object.keys(groups).join('|')} ...] [--model DIR] [--json] [--out FILE]
       npm run bench -- train --peers [--quality] [--json] [--out FILE]
       npm run bench -- tag --peers [--model DIR] [--int8 DIR] [--json] [--out FILE]`;

interface Wish {
  /** A bundle instead of one that is trained. */
  readonly model: string | undefined;
  readonly names: readonly GroupName[];
  /** Ours against others', instead of the groups of Tagwright alone. */
  readonly peers: PeerWish | undefined;
  readonly json: boolean;
  readonly out: string | undefined;
}

/** Undefined when the arguments are none of these. */
function readWish(args: readonly string[]): Wish | undefined {
  try {
    const flag = { type: 'boolean', default: false } as const;
    const text = { type: 'string' } as const;
    const options = { json: flag, peers: flag, quality: flag, out: text, model: text, int8: text } as const;
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
    const names = positionals.filter(isGroupName);
    if (names.length < positionals.length) return undefined;
    const { json, out, quality, model, int8 } = values;
    const isGiven = model !== undefined || int8 !== undefined;
    if (values.peers) {
      const [name] = names;
      if (names.length !== 1) return undefined;
      if (name === 'train' && !isGiven) {
        return { model, names, peers: { kind: quality ? 'quality' : 'speed' }, json, out };
      }
      if (name === 'tag' && !quality) return { model, names, peers: { kind: 'tagging', fp32: model, int8 }, json, out };
      return undefined;
    }
    if (quality || int8 !== undefined) return undefined;
    const all = Object.keys(groups).filter(isGroupName);
    return { model, names: names.length === 0 ? all : names, peers: undefined, json, out };
  } catch {
    return undefined;
  }
}

async function trainSample({ model, say }: BenchContext): Promise<void> {
  say('training a model on data/sample ...');
  const { code, stderr } = await cli(['train', '--corpus', sampleCorpus, '--out', model]);
  if (code !== 0) throw new Error(`training ended with ${String(code)}: ${stderr}`);
}

async function measure(names: readonly GroupName[], context: BenchContext): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  for (const name of names) figures.push(...(await groups[name](context)));
  return figures;
}

/** What was asked for, as a command. */
function commandOf({ names, peers }: Wish): string {
  const flags = peers === undefined ? [] : ['--peers', ...(peers.kind === 'quality' ? ['--quality'] : [])];
  return ['npm run bench --', ...names, ...flags].join(' ');
}

async function main(wish: Wish): Promise<void> {
  const { model, names, peers, json, out } = wish;
  const say = (line: string): void => {
    if (!json) console.error(line);
  };
  const folder = await mkdtemp(join(tmpdir(), 'tagwright-bench-'));
  try {
    const date = new Date().toISOString();
    const machine = describeMachine();
    say(formatMachine(machine));
    const context = { model: model === undefined ? join(folder, 'model') : resolve(model), folder, say };
    if (peers === undefined && model === undefined) await trainSample(context);
    const figures =
      peers === undefined ? await measure(names, context) : await measurePeers(peers, { say, folder });
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
