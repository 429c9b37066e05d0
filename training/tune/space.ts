import { z } from 'zod';
import { NerError } from '../../shared/ner-error.ts';
import type { Rng } from '../../shared/random.ts';

const json = z.json();

const range = z
  .union([z.tuple([z.number(), z.number()]), z.tuple([z.number(), z.number(), z.number().positive()])])
  .refine(([low, high]) => low < high, { error: 'the first number is not less than the second' });

const log = z
  .union([z.tuple([z.number(), z.number()]), z.tuple([z.number(), z.number(), z.int().min(2)])])
  .refine(([low, high]) => low > 0 && low < high, {
    error: 'the first number is not greater than 0 and less than the second',
  });

/** What a setting may be: one of some values, evenly in a range (by steps or not), or evenly in its logarithm. */
const dimensionSchema = z.union(
  [z.strictObject({ choice: z.array(json).min(1) }), z.strictObject({ range }), z.strictObject({ log })],
  {
    error:
      'not {"choice": [VALUE, ...]}, {"range": [LOW, HIGH]}, {"range": [LOW, HIGH, STEP]}, {"log": [LOW, HIGH]} or {"log": [LOW, HIGH, POINTS]}',
  },
);

const spaceSchema = z
  .record(z.string().regex(/^[^.]+(\.[^.]+)*$/, 'not a dotted path'), dimensionSchema)
  .refine((space) => Object.keys(space).length > 0, { error: 'no setting is varied' });

export type JsonValue = z.output<typeof json>;
export type Dimension = z.output<typeof dimensionSchema>;

/** What is searched: settings by their dotted path, in the order they are set in. */
export type SearchSpace = Readonly<Record<string, Dimension>>;

/** A point of the space: a value for each path. */
export type Values = Readonly<Record<string, JsonValue>>;

/**
 * Reads a search space from JSON.
 *
 * @param name what the caller calls it, for errors
 * @throws {E_USAGE} naming the path and what is expected there
 */
export function parseSpace(name: string, text: string): SearchSpace {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new NerError('E_USAGE', `${name}: not JSON: ${cause instanceof Error ? cause.message : String(cause)}.`, {
      cause,
    });
  }
  const parsed = spaceSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const [path] = issue!.path;
  const got = path === undefined ? value : (value as Record<PropertyKey, unknown>)[path];
  const where = path === undefined ? '' : ` ${String(path)}:`;
  throw new NerError('E_USAGE', `${name}:${where} ${reasonOf(issue!)}, got ${JSON.stringify(got)}.`);
}

/** Of several forms the one that was meant, by its key, says what is wrong. */
function reasonOf(issue: z.core.$ZodIssue): string {
  if (issue.code !== 'invalid_union') return issue.message;
  const meant = issue.errors.flat().find((inner) => inner.code === 'custom' || inner.code === 'too_small');
  return meant?.message ?? issue.message;
}

/** All values of a setting, or undefined where they are without number. */
export function valuesOf(dimension: Dimension): readonly JsonValue[] | undefined {
  if ('choice' in dimension) return dimension.choice;
  if ('range' in dimension) {
    const [low, high, step] = dimension.range;
    if (step === undefined) return undefined;
    // 0.1 to 0.5 by 0.1 has five values, whatever (0.5 - 0.1) / 0.1 is in floats.
    const count = Math.floor(rounded((high - low) / step, EXACT_DIGITS)) + 1;
    return Array.from({ length: count }, (_, i) => rounded(low + i * step, EXACT_DIGITS));
  }
  const [low, high, points] = dimension.log;
  if (points === undefined) return undefined;
  return Array.from({ length: points }, (_, i) => rounded(low * (high / low) ** (i / (points - 1)), EXACT_DIGITS));
}

/** A value at random, each as likely as any other; of a `log`, each order of magnitude. */
export function sampleDimension(dimension: Dimension, rng: Rng): JsonValue {
  const finite = valuesOf(dimension);
  if (finite !== undefined) return finite[rng.int(finite.length)]!;
  const [low, high, value] = continuousSample(dimension, rng.uniform());
  return Math.min(high, Math.max(low, rounded(value, SAMPLED_DIGITS)));
}

function continuousSample(dimension: Dimension, share: number): readonly [low: number, high: number, value: number] {
  if ('log' in dimension) {
    const [low, high] = dimension.log;
    return [low, high, low * (high / low) ** share];
  }
  const [low, high] = (dimension as Extract<Dimension, { range: unknown }>).range;
  return [low, high, low + (high - low) * share];
}

/** Hides what float arithmetic adds to decimal numbers. */
const EXACT_DIGITS = 12;
/** No search can tell more digits apart, and these can be read and typed. */
const SAMPLED_DIGITS = 4;

function rounded(value: number, digits: number): number {
  return Number(value.toPrecision(digits));
}
