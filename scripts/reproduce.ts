// Runs recipes whole and writes what comes out: docs/results/NAME.json and docs/results.md. `npm run reproduce -- --help`
import '../shared/env.ts';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { abortOnInterrupt } from '../cli/interruption.ts';
import { plan, type Reproduction } from './reproduce/plan.ts';
import { runPlan } from './reproduce/run-plan.ts';
import { writeResultsPage } from './reproduce/write-results-page.ts';

const USAGE = `usage: npm run reproduce -- NAME...|--all [--variant NAME] [--seed N] [--shared DIR] [--out DIR] [--again]
       npm run reproduce -- --list | --table

Runs recipes by 'tagwright train', each tagger of a recipe once a seed, writes each run into docs/results/NAME.json when it
has ended, and docs/results.md from all of them. A run is not made again unless its settings or data have changed. After
Ctrl-C the same command goes on where it stopped.

  --all                all recipes, the quickest first
  --variant NAME       only this tagger of them
  --seed N             only this seed
  --shared DIR         folder with data/ and encoders/; ../shared by default
  --out DIR            folder of the bundles; .tagwright/reproduce by default
  --again              make runs again that are there
  --allow-differences  go on where the data are not the recipe's own; the results say so
  --list               what would be run
  --table              write docs/results.md anew, and run nothing
`;

const root = join(import.meta.dirname, '..');
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    all: { type: 'boolean' },
    variant: { type: 'string' },
    seed: { type: 'string' },
    shared: { type: 'string' },
    out: { type: 'string' },
    again: { type: 'boolean' },
    'allow-differences': { type: 'boolean' },
    list: { type: 'boolean' },
    table: { type: 'boolean' },
    help: { type: 'boolean' },
  },
});

/** What is asked for; undefined where that is not to be told. */
function chosen(): readonly Reproduction[] | undefined {
  const unknown = positionals.find((name) => !plan.some(({ recipe }) => recipe === name));
  if (unknown !== undefined) {
    process.stderr.write(`reproduce: there is no '${unknown}'; expected ${plan.map((of) => of.recipe).join(', ')}\n`);
    return undefined;
  }
  if (values.all !== true && positionals.length === 0 && values.list !== true) return undefined;
  const named = positionals.length === 0 ? plan : plan.filter(({ recipe }) => positionals.includes(recipe));
  const narrowed = named.map((reproduction) => ({ ...reproduction, variants: reproduction.variants.flatMap(narrow) }));
  const some = narrowed.filter(({ variants }) => variants.length > 0);
  if (some.length > 0) return some;
  process.stderr.write('reproduce: no run is of this variant and seed; --list names those there are\n');
  return undefined;
}

/** Seeds and taggers by --seed and --variant. */
function narrow(variant: Reproduction['variants'][number]): readonly Reproduction['variants'][number][] {
  if (values.variant !== undefined && values.variant !== variant.name) return [];
  const seeds = variant.seeds.filter((seed) => values.seed === undefined || String(seed) === values.seed);
  return seeds.length === 0 ? [] : [{ ...variant, seeds }];
}

function list(reproductions: readonly Reproduction[]): string {
  const lines = reproductions.flatMap(({ recipe, corpus, variants }) =>
    variants.map(({ name, flags, seeds, goal: { figure, least } }) => {
      const wanted = least === undefined ? figure : `${figure}, at least ${least}`;
      return `${recipe} ${name}, seeds ${seeds.join(' ')}: ${wanted}\n  --corpus ${corpus} ${flags.join(' ')}\n`;
    }),
  );
  return lines.join('');
}

const say = (line: string): void => void process.stderr.write(`${line}\n`);

async function main(): Promise<number> {
  if (values.help === true) {
    process.stdout.write(USAGE);
    return 0;
  }
  if (values.table === true) {
    say(await writeResultsPage(plan, join(root, 'docs')));
    return 0;
  }
  const asked = chosen();
  if (asked === undefined) {
    process.stderr.write(USAGE);
    return 2;
  }
  if (values.list === true) {
    process.stdout.write(list(asked));
    return 0;
  }
  const { signal } = abortOnInterrupt();
  const { done, failed } = await runPlan(asked, {
    root,
    shared: resolve(values.shared ?? join(root, '..', 'shared')),
    out: resolve(values.out ?? join(root, '.tagwright', 'reproduce')),
    results: join(root, 'docs', 'results'),
    again: values.again === true,
    allowDifferences: values['allow-differences'] === true,
    signal,
    say,
    now: Date.now,
  });
  say(await writeResultsPage(plan, join(root, 'docs')));
  for (const failure of failed) say(`failed   ${failure}`);
  say(`${done} runs made${signal.aborted ? '; stopped, the same command goes on' : ''}`);
  return failed.length > 0 || signal.aborted ? 1 : 0;
}

process.exitCode = await main();
