/**
 * How fast Tagwright is on this machine: `npm run bench` measures everything, `npm run bench -- tag stream` only that.
 * A table goes to stderr, JSON to stdout; with `--json` nothing but the JSON is printed, `--out FILE` also writes it.
 */
import '../../shared/env.ts';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { cli } from '../support/cli.ts';
import { sampleCorpus } from './bench-inputs.ts';
import { formatFigures, type Figure } from './figure.ts';
import { groups, isGroupName, type BenchContext, type GroupName } from './groups.ts';
import { describeMachine, formatMachine } from './machine.ts';

const USAGE = `usage: npm run bench -- [${Object.keys(groups).join('|')} ...] [--json] [--out FILE]`;

interface Wish {
  readonly names: readonly GroupName[];
  readonly json: boolean;
  readonly out: string | undefined;
}

/** Undefined when the arguments are none of these. */
function readWish(args: readonly string[]): Wish | undefined {
  try {
    const options = { json: { type: 'boolean' }, out: { type: 'string' } } as const;
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
    const names = positionals.filter(isGroupName);
    if (names.length < positionals.length) return undefined;
    const all = Object.keys(groups).filter(isGroupName);
    return { names: names.length === 0 ? all : names, json: values.json ?? false, out: values.out };
  } catch {
    return undefined;
  }
}

async function measure(names: readonly GroupName[], context: BenchContext): Promise<readonly Figure[]> {
  context.say('training a model on data/sample ...');
  const { code, stderr } = await cli(['train', '--corpus', sampleCorpus, '--out', context.model]);
  if (code !== 0) throw new Error(`training ended with ${String(code)}: ${stderr}`);
  const figures: Figure[] = [];
  for (const name of names) figures.push(...(await groups[name](context)));
  return figures;
}

async function main({ names, json, out }: Wish): Promise<void> {
  const say = (line: string): void => {
    if (!json) console.error(line);
  };
  const folder = await mkdtemp(join(tmpdir(), 'tagwright-bench-'));
  try {
    const date = new Date().toISOString();
    const machine = describeMachine();
    say(formatMachine(machine));
    const figures = await measure(names, { model: join(folder, 'model'), folder, say });
    const report = { command: `npm run bench -- ${names.join(' ')}`, date, machine, figures };
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
