import { inspect } from 'node:util';
import { NerError } from '../ner-error.ts';

/**
 * The one JSON text of a value: keys in the order of their UTF-16 units, numbers and strings as `JSON.stringify` writes
 * them (RFC 8785). With `indent` spaces the same, laid out for people as `JSON.stringify` does. Keys whose value is
 * undefined are left out.
 *
 * @throws {E_INTERNAL} for what JSON cannot hold: NaN, infinities, bigints, functions, symbols, undefined in an array
 */
export function canonicalJson(value: unknown, indent = 0): string {
  return write(value, { path: '', step: ' '.repeat(indent), margin: '' });
}

interface Place {
  readonly path: string;
  readonly step: string;
  readonly margin: string;
}

function write(value: unknown, place: Place): string {
  if (Array.isArray(value)) {
    return wrap(
      ['[', ']'],
      value.map((item, index) => write(item, inner(place, index))),
      place,
    );
  }
  if (typeof value === 'object' && value !== null) {
    const colon = place.step === '' ? ':' : ': ';
    const entries = Object.entries(value as Record<string, unknown>).filter(([, item]) => item !== undefined);
    entries.sort(([a], [b]) => (a < b ? -1 : 1));
    const members = entries.map(([key, item]) => `${JSON.stringify(key)}${colon}${write(item, inner(place, key))}`);
    return wrap(['{', '}'], members, place);
  }
  const plain = value === null || typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value);
  if (plain) return JSON.stringify(value);
  const where = place.path === '' ? 'the value' : place.path;
  throw new NerError('E_INTERNAL', `internal: canonicalJson: ${where} is not JSON, got ${inspect(value)}.`);
}

function inner({ path, step, margin }: Place, key: string | number): Place {
  return { path: `${path}/${key}`, step, margin: margin + step };
}

function wrap([open, close]: readonly [string, string], items: readonly string[], { step, margin }: Place): string {
  if (items.length === 0) return open + close;
  if (step === '') return open + items.join(',') + close;
  const between = `\n${margin}${step}`;
  return `${open}${between}${items.join(`,${between}`)}\n${margin}${close}`;
}
