import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { ALIGNMENT_POLICIES } from '../../shared/text/align-labels.ts';
import { defaultSettings, settingsSchema, type ModelKind } from '../../training/job/settings.ts';
import { ARCHITECTURES } from '../../training/models/encoder-config.ts';
import { monitors } from '../../training/train/keeper.ts';

const root = new URL('../../', import.meta.url);
const page = readFileSync(new URL('docs/training.md', root), 'utf8');

/** What is read of a JSON schema. */
interface Schema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
  readonly exclusiveMaximum?: number;
}

interface Setting {
  readonly path: string;
  readonly fallback: string;
  readonly values: string;
}

interface Place {
  readonly path: string;
  /** Its value in the default settings. */
  readonly given: unknown;
  readonly required: boolean;
}

const code = (value: unknown): string => `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;

/** Names are listed, ranges are told apart by a word. */
function either(values: readonly string[]): string {
  const different = [...new Set(values)];
  return different.join(different.every((value) => value.startsWith('`')) ? ', ' : ' or ');
}

/** What stands in the column of defaults. */
function fallbackOf(value: unknown, required: boolean): string {
  if (value === undefined) return required ? 'to be given' : 'none';
  return Array.isArray(value) ? 'see below' : code(value);
}

/** The alternatives of a schema, those within alternatives too. */
function alternatives(schema: Schema): readonly Schema[] {
  const inner = schema.anyOf ?? schema.oneOf;
  return inner === undefined ? [schema] : inner.flatMap(alternatives);
}

function valuesOf(schema: Schema): string {
  if (schema.const !== undefined) return code(schema.const);
  if (schema.enum !== undefined) return schema.enum.map(code).join(', ');
  if (schema.type === 'boolean') return '`true`, `false`';
  if (schema.type === 'null') return '`null`';
  if (schema.type === 'array') return 'a list';
  return schema.type === 'string' ? 'text' : rangeOf(schema);
}

function rangeOf({ type, minimum, exclusiveMinimum, maximum = Infinity, exclusiveMaximum }: Schema): string {
  const whole = type === 'integer';
  if (minimum === undefined && exclusiveMinimum === undefined) return 'any number';
  const least = whole ? (minimum ?? exclusiveMinimum! + 1) : (minimum ?? exclusiveMinimum);
  const from = `${exclusiveMinimum === undefined || whole ? 'from' : 'above'} ${least}`;
  const bounded = maximum < Number.MAX_SAFE_INTEGER ? ` to ${maximum}` : '';
  return `${whole ? 'whole, ' : ''}${from}${exclusiveMaximum === undefined ? bounded : `, below ${exclusiveMaximum}`}`;
}

/** Every setting by its path; one that is there in several alternatives several times. */
function settingsIn(schema: Schema, { path, given, required }: Place): readonly Setting[] {
  const options = alternatives(schema);
  const scalars = options.filter(({ properties }) => properties === undefined);
  const value = given === undefined ? schema.default : given;
  const fallback = fallbackOf(value, required);
  const groups = scalars.length < options.length ? ['a group'] : [];
  const own = scalars.length === 0 ? [] : [{ path, fallback, values: either([...scalars.map(valuesOf), ...groups]) }];
  const inner = options.flatMap(({ properties = {}, required: needed = [] }) =>
    Object.entries(properties).flatMap(([key, child]) =>
      settingsIn(child, {
        path: `${path}.${key}`,
        given: (given as Readonly<Record<string, unknown>> | null | undefined)?.[key],
        required: needed.includes(key),
      }),
    ),
  );
  return [...own, ...inner];
}

/** The same with one row a path. */
function rowsOf(settings: readonly Setting[]): Readonly<Record<string, readonly [fallback: string, values: string]>> {
  const byPath = Map.groupBy(settings, ({ path }) => path);
  return Object.fromEntries(
    [...byPath].map(([path, same]) => [
      path,
      [either(same.map(({ fallback }) => fallback)), either(same.map(({ values }) => values))] as const,
    ]),
  );
}

const json = z.toJSONSchema(settingsSchema, { io: 'input' }) as Schema;

/** Settings of one part, by the defaults of one kind of tagger. */
function partOf(part: 'model' | 'loss' | 'train', kind: ModelKind): ReturnType<typeof rowsOf> {
  const schema = json.properties![part]!;
  const isOfKind = ({ properties }: Schema): boolean => part !== 'model' || properties!['kind']!.const === kind;
  const oneOf = alternatives(schema).filter(isOfKind);
  return rowsOf(settingsIn({ oneOf }, { path: part, given: defaultSettings[kind][part], required: true }));
}

/** Both kinds in one table: where they differ the default of the encoder comes second. */
function bothKinds(part: 'loss' | 'train'): ReturnType<typeof rowsOf> {
  const [words, encoder] = [partOf(part, 'words'), partOf(part, 'encoder')];
  return Object.fromEntries(
    Object.entries(words).map(([path, [fallback, values]]) => {
      const [other] = encoder[path]!;
      return [path, [other === fallback ? fallback : `${fallback}, encoders ${other}`, values] as const];
    }),
  );
}

/** The rows of the table under a heading: path, default, values, meaning. */
function tableUnder(heading: string): readonly (readonly string[])[] {
  const section = page.split(`\n${heading}\n`)[1]?.split(/^#/m)[0] ?? '';
  return [...section.matchAll(/^\| `(?:model|loss|train)\..*$/gm)].map(([row]) =>
    row
      .split(/(?<!\\)\|/)
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

describe('docs/training.md has every setting with its default and its values', () => {
  test.each([
    ['### Encoder tagger: `model`', partOf('model', 'encoder')],
    ['### Word-level tagger: `model`', partOf('model', 'words')],
    ['### `loss`', bothKinds('loss')],
    ['### `train`', bothKinds('train')],
  ])('%s', (heading, expected) => {
    const rows = tableUnder(heading).map(([path, fallback, values]) => [path!.slice(1, -1), [fallback, values]]);
    expect(Object.fromEntries(rows)).toEqual(expected);
    expect(rows.length).toBe(Object.keys(expected).length);
  });
});

test.each([
  ['architectures', ARCHITECTURES],
  ['alignment policies', ALIGNMENT_POLICIES],
  ['figures to watch', Object.keys(monitors)],
])('docs/training.md names all %s', (_, names) => {
  expect(names.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
});

test('docs/training.md shows JSON that is JSON', () => {
  for (const [, text] of page.matchAll(/^```json\n(.*?)^```$/gms))
    expect(() => JSON.parse(text!) as unknown).not.toThrow();
});
