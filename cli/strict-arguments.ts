import type { ArgsDef } from 'citty';
import { parseArgs } from 'node:util';
import { NerError } from '../shared/ner-error.ts';

/**
 * Refuses what citty lets through: unknown flags, flags without their value, positional arguments a verb does not take.
 *
 * @throws {E_USAGE} naming the argument and the flags there are
 */
export function checkArguments(verb: string, raw: readonly string[], definitions: ArgsDef): void {
  const options: Record<string, { type: 'boolean' | 'string'; short?: string }> = {};
  let positionals = 0;
  for (const [name, definition] of Object.entries(definitions)) {
    if (definition.type === 'positional') positionals += 1;
    else {
      options[name] = { type: definition.type === 'boolean' ? 'boolean' : 'string' };
      if (definition.type === 'boolean' && definition.default === true) options[`no-${name}`] = { type: 'boolean' };
    }
  }
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

/** A flag's value as an integer of at least `min` and, where there is one, at most `max`. @throws {E_USAGE} */
export function integerFlag(name: string, value: string, min: number, max = Number.MAX_SAFE_INTEGER): number {
  const number = Number(value);
  if (value.trim() === '' || !Number.isInteger(number) || number < min || number > max) {
    const range = max === Number.MAX_SAFE_INTEGER ? `of at least ${min}` : `from ${min} to ${max}`;
    throw new NerError('E_USAGE', `--${name}: not a whole number ${range}, got '${value}'.`);
  }
  return number;
}
