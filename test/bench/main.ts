/**
 * How fast Tagwright is on this machine: `npm run bench` measures everything, `npm run bench -- tag stream` only that,
 * `npm run bench -- train --peers` training against torch, and with `--quality` the F1 of both.
 * `-- stream --seconds 600 --rate 6000 [--model DIR] [--profile DIR]` streams from HTTP for so long.
 * A table goes to stderr, JSON to stdout; with `--json` nothing but the JSON is printed, `--out FILE` also writes it.
 */
import '../../shared/env.ts';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { cli } from '../support/cli.ts';
import { sampleCorpus, shownPath } from './bench-inputs.ts';
import { formatFigures, type Figure } from './figure.ts';
import { groups, isGroupName, type BenchContext, type FirehoseWish, type GroupName } from './groups.ts';
import { describeMachine, formatMachine } from './machine.ts';
import { measurePeers } from './peers.ts';

const USAGE = `usage: npm run bench -- [${Object.keys(groups).join('|')} ...] [--json] [--out FILE]
       npm run bench -- stream [--seconds N] [--rate N] [--model DIR] [--profile DIR] [--json] [--out FILE]
       npm run bench -- train --peers [--quality] [--json] [--out FILE]`;

/** Training against torch, instead of the groups of Tagwright alone. */
type PeerWish = 'speed' | 'quality';

interface Wish {
  readonly names: readonly GroupName[];
  readonly peers: PeerWish | undefined;
  readonly firehose: FirehoseWish;
  /** A bundle to measure instead of one trained on the sample. */
  readonly model: string | undefined;
  readonly json: boolean;
  readonly out: string | undefined;
}

/** Undefined when the arguments are none of these. */
function readWish(args: readonly string[]): Wish | undefined {
  try {
    const flag = { type: 'boolean', default: false } as const;
    const text = { type: 'string' } as const;
    const options = {
      json: flag,
      peers: flag,
      quality: flag,
      out: text,
      seconds: { ...text, default: '10' },
      rate: { ...text, default: '6000' },
      model: text,
      profile: text,
    } as const;
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
    const names = positionals.filter(isGroupName);
    if (names.length < positionals.length) return undefined;
    const { json, out, model, profile } = values;
    const [seconds, rate] = [Number(values.seconds), Number(values.rate)];
    if (!(seconds >= 1 && rate >= 0)) return undefined;
    const firehose = { seconds, rate, profile };
    if (values.peers) {
      // Of all groups only training has peers.
      if (names.join() !== 'train') return undefined;
      return { names, peers: values.quality ? 'quality' : 'speed', firehose, model, json, out };
    }
    if (values.quality) return undefined;
    const all = Object.keys(groups).filter(isGroupName);
    return { names: names.length === 0 ? all : names, peers: undefined, firehose, model, json, out };
  } catch {
    return undefined;
  }
}

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

/** What was asked for, as a command. */
function commandOf({ names, peers, model, firehose: { seconds, rate } }: Wish): string {
  const flags = peers === undefined ? [] : ['--peers', ...(peers === 'quality' ? ['--quality'] : [])];
  if (names.join() === 'stream') flags.push(`--seconds ${seconds}`, `--rate ${rate}`);
  if (model !== undefined) flags.push(`--model ${shownPath(model)}`);
  return ['npm run bench --', ...names, ...flags].join(' ');
}

async function main(wish: Wish): Promise<void> {
  const { names, peers, firehose, json, out } = wish;
  const say = (line: string): void => {
    if (!json) console.error(line);
  };
  const folder = await mkdtemp(join(tmpdir(), 'tagwright-bench-'));
  try {
    const date = new Date().toISOString();
    const machine = describeMachine();
    say(formatMachine(machine));
    const context = { model: wish.model ?? join(folder, 'model'), folder, say, firehose };
    if (peers === undefined && wish.model === undefined) await trainOnSample(context);
    const figures = peers === undefined ? await measure(names, context) : await measurePeers(say, peers === 'quality');
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
