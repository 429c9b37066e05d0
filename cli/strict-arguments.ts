import type { ArgsDef } from 'citty';
import { parseArgs } from 'node:util';
import { NerError } from '../shared/ner-error.ts';

/**
 * Refuses what citty lets through: unknown flags, flags without their value, positional arguments a verb does not take.
 *
 * @throws {E_USAGE} naming the argument and the flags there are
 */
export function checkArguments(verb: string, raw: readonly string[], definitions: ArgsDef): void {
  const { options, positionals } = optionsOf(definitions);
  const flags = Object.keys(options).map((name) => `--${name}`);
  const expected = flags.length === 0 ? 'no flags' : flags.join(', ');
  let found: readonly string[];
  try {
    found = parseArgs({ args: [...raw], options, allowPositionals: true, strict: true }).positionals;
  } catch (cause) {
    // Its first sentence says what is wrong, the others how Node would have it.
    const reason = cause instanceof Error ? cause.message.split(/\.\s/)[0]! : String(cause);
    throw new NerError('E_USAGE', `tagwright ${verb}: ${reason}; expected ${expected}.`, { cause });
  }
  if (found.length > positionals) {
    throw new NerError(
      'E_USAGE',
      `tagwright ${verb}: unexpected argument '${found[positionals]}'; expected ${expected}.`,
    );
  }
}

interface Options {
  /** As `parseArgs` takes them. */
  readonly options: Record<string, { type: 'boolean' | 'string' }>;
  /** How many arguments there may be that are no flags. */
  readonly positionals: number;
}

/** An argument whose hint ends so may be given any number of times. */
const ANY_NUMBER = '...';

function optionsOf(definitions: ArgsDef): Options {
  const options: Options['options'] = {};
  let positionals = 0;
  for (const [name, definition] of Object.entries(definitions)) {
    if (definition.type === 'positional') positionals += definition.valueHint?.endsWith(ANY_NUMBER) ? Infinity : 1;
    else {
      options[name] = { type: definition.type === 'boolean' ? 'boolean' : 'string' };
      if (definition.type === 'boolean' && definition.default === true) options[`no-${name}`] = { type: 'boolean' };
    }
  }
  return { options, positionals };
}

/** All values of a flag that may be given several times, and arguments without a flag after them: `--file a b`. */
export function repeatedFlag(name: string, raw: readonly string[], definitions: ArgsDef): readonly string[] {
  const { options } = optionsOf(definitions);
  const many = { ...options, [name]: { type: 'string', multiple: true } } as const;
  const { values, positionals } = parseArgs({ args: [...raw], options: many, allowPositionals: true, strict: true });
  const named = values[name];
  return [...(Array.isArray(named) ? named.filter((value) => typeof value === 'string') : []), ...positionals];
}

/** A flag's value as an integer of at least `min` and, where there is one, at most `max`. @throws {E_USAGE} */
export function integerFlag(name: string, value: string, min: number, max = Number.MAX_SAFE_INTEGER): number {
  const number = Number(value);
  if (value.trim() === '' || !Number.isInteger(number) || number < min || number > max) {
    const range = max === Number.MAX_SAFE_INTEGER ? `of at least ${min}` : `from ${min} to ${max}`;
    throw new NerError('E_USAGE', `--${name}: not a whole number ${range}, got '${value}'.`);
  }
  return number;
}

/** A flag's value as one of those allowed. @throws {E_USAGE} */
export function choiceFlag<T extends string>(name: string, value: string, allowed: readonly T[]): T {
  const found = allowed.find((one) => one === value);
  if (found !== undefined) return found;
  throw new NerError('E_USAGE', `--${name}: got '${value}'; expected ${allowed.join(', ')}.`);
}
