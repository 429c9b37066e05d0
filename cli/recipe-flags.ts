import type { ArgsDef } from 'citty';
import { parseArgs } from 'node:util';
import { resolve } from 'node:path';
import { NerError } from '../shared/ner-error.ts';
import { allowsOwnVectors } from './vector-flag.ts';
import type { RecipeSource } from '../training/job/training-job.ts';

const METRICS = ['honest', 'as-published'] as const;

/** Flags of verbs that train on what a recipe makes of its files. */
export const recipeFlags = {
  recipe: {
    type: 'string',
    valueHint: 'NAME',
    description:
      "Recipe that reads the corpus and knows good settings; 'tagwright recipes' lists them. By default none",
  },
  option: {
    type: 'string',
    valueHint: 'NAME=VALUE',
    description: 'Option of the recipe; may be given several times',
  },
  metric: {
    type: 'enum',
    options: [...METRICS],
    description: "With --recipe: as-published puts the old system's metric beside the honest one; by default honest",
  },
} satisfies ArgsDef;

interface RecipeArguments {
  readonly recipe?: string | undefined;
  readonly corpus?: string | undefined;
  readonly option?: string | undefined;
  readonly metric?: string | undefined;
  readonly vectors?: string | undefined;
}

/**
 * What the flags say of a recipe; undefined when there is none.
 *
 * @throws {E_USAGE} options or a metric without a recipe, a recipe without a corpus, or an option that is no NAME=VALUE
 */
export function recipeSource(
  verb: string,
  { recipe, corpus, option, metric, vectors }: RecipeArguments,
  rawArgs: readonly string[],
): RecipeSource | undefined {
  if (recipe === undefined) {
    const stray = option !== undefined ? 'option' : metric !== undefined ? 'metric' : undefined;
    if (stray === undefined) return undefined;
    throw new NerError('E_USAGE', `tagwright ${verb}: --${stray} belongs to a recipe; expected --recipe NAME with it.`);
  }
  if (corpus === undefined) {
    throw new NerError(
      'E_USAGE',
      `tagwright ${verb}: --recipe ${recipe} needs its files; expected --corpus PATH. 'tagwright recipes ${recipe}' says which.`,
    );
  }
  return {
    recipe,
    path: resolve(corpus),
    options: options(rawArgs),
    asPublished: metric === 'as-published',
    ownVectors: allowsOwnVectors(vectors),
  };
}

/** citty keeps the last of flags that are given several times. */
function options(rawArgs: readonly string[]): Readonly<Record<string, unknown>> {
  const { values } = parseArgs({
    args: [...rawArgs],
    options: { option: { type: 'string', multiple: true } },
    strict: false,
    allowPositionals: true,
  });
  const given = (values.option ?? []).filter((text) => typeof text === 'string');
  return Object.fromEntries(given.map(parseOption));
}

/** The value is JSON; what is no JSON is text. */
function parseOption(text: string): readonly [string, unknown] {
  const cut = text.indexOf('=');
  if (cut < 1) {
    throw new NerError('E_USAGE', `--option: not an option, got '${text}'; expected NAME=VALUE.`);
  }
  const value = text.slice(cut + 1);
  try {
    return [text.slice(0, cut), JSON.parse(value)];
  } catch {
    return [text.slice(0, cut), value];
  }
}
