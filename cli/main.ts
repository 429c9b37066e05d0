import './compile-cache.ts';
import '../shared/env.ts';
import { type ArgsDef, type CommandDef, defineCommand, renderUsage, runCommand } from 'citty';
import { stripVTControlCharacters } from 'node:util';
import { NerError } from '../shared/ner-error.ts';
import { packageVersion } from './package-version.ts';
import { checkArguments } from './strict-arguments.ts';

/** One file a verb, loaded when it is called: `tagwright --help` must not wait for the engine. */
const verbs: Record<string, () => Promise<CommandDef>> = {
  start: async () => general((await import('./start.ts')).start),
  train: async () => general((await import('./train.ts')).train),
  recipes: async () => general((await import('./recipes.ts')).recipes),
  comments: async () => general((await import('./comments.ts')).comments),
  distill: async () => general((await import('./distill.ts')).distill),
  tune: async () => general((await import('./tune.ts')).tune),
  evaluate: async () => general((await import('./evaluate.ts')).evaluate),
  compare: async () => general((await import('./compare.ts')).compare),
  export: async () => general((await import('./export.ts')).exportModel),
  tag: async () => general((await import('./tag.ts')).tag),
  serve: async () => general((await import('./serve.ts')).serve),
  redrive: async () => general((await import('./redrive.ts')).redrive),
  quarantine: async () => general((await import('./quarantine.ts')).quarantine),
  compact: async () => general((await import('./compact.ts')).compact),
  backfill: async () => general((await import('./backfill.ts')).backfill),
  cost: async () => general((await import('./cost.ts')).cost),
  rules: async () => general((await import('./rules.ts')).rules),
  trends: async () => general((await import('./trends.ts')).trends),
  query: async () => general((await import('./query.ts')).query),
  models: async () => general((await import('./models.ts')).models),
  upload: async () => general((await import('./upload.ts')).upload),
  jobs: async () => general((await import('./jobs.ts')).jobs),
  doctor: async () => general((await import('./doctor.ts')).doctor),
};

/** Forgets the flags of a verb: here all verbs are alike. */
function general(command: object): CommandDef {
  return command;
}

const main = defineCommand({
  meta: {
    name: 'tagwright',
    version: packageVersion,
    description: 'Train entity taggers and tag tweets as they stream',
  },
  subCommands: verbs,
});

/** Exit codes: 0 done, 1 failed, 2 called wrongly. */
async function run(args: readonly string[]): Promise<number> {
  const [name, ...rest] = args;
  if (name === '--version') {
    process.stdout.write(`${packageVersion}\n`);
    return 0;
  }
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    const text = `${await renderUsage(main)}\n`;
    // Help that was asked for is data; help because nothing was asked for is talk.
    (name === undefined ? process.stderr : process.stdout).write(text);
    return name === undefined ? 2 : 0;
  }
  const load = Object.hasOwn(verbs, name) ? verbs[name] : undefined;
  if (load === undefined) {
    throw new NerError(
      'E_USAGE',
      `tagwright: unknown verb '${name}'; expected one of ${Object.keys(verbs).join(', ')}.`,
    );
  }
  const command = await load();
  if (rest.includes('--help') || rest.includes('-h')) {
    process.stdout.write(`${await renderUsage(command, main)}\n`);
    return 0;
  }
  checkArguments(name, rest, (command.args ?? {}) as ArgsDef);
  const { result } = await runCommand(command, { rawArgs: rest });
  return typeof result === 'number' ? result : 0;
}

/** citty's own errors are about arguments; it does not export their class. */
function codeOf(error: unknown): string {
  if (error instanceof NerError) return error.code;
  return error instanceof Error && error.name === 'CLIError' ? 'E_USAGE' : 'E_INTERNAL';
}

try {
  process.exitCode = await run(process.argv.slice(2));
} catch (error) {
  const code = codeOf(error);
  // citty colours its errors even where nobody sees colours.
  const message = stripVTControlCharacters(error instanceof Error ? error.message : String(error));
  process.stderr.write(`tagwright: ${code}: ${message}\n`);
  if (code === 'E_INTERNAL' && error instanceof Error)
    process.stderr.write(`${error.stack ?? ''}\nPlease report this.\n`);
  process.exitCode = code === 'E_USAGE' ? 2 : 1;
}
