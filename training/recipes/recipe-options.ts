import { NerError } from '../../shared/ner-error.ts';
import type { Recipe } from './recipe.ts';

/**
 * Options of a recipe with its defaults filled in.
 *
 * @throws {E_USAGE} an option that there is not, or a value that it cannot have
 */
export function parseOptions<Options>(recipe: Recipe<Options>, given: Readonly<Record<string, unknown>>): Options {
  const parsed = recipe.options.safeParse(given);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const name = issue!.path.join('.');
  const got = name === '' ? Object.keys(given).join(', ') : `${name}=${JSON.stringify(given[name])}`;
  throw new NerError(
    'E_USAGE',
    `--option: ${recipe.name}: ${issue!.message}, got ${got}. 'tagwright recipes ${recipe.name}' lists its options.`,
  );
}
