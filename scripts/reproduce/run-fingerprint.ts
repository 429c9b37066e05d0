import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import { NerError } from '../../shared/ner-error.ts';
import type { Recipe } from '../../training/recipes/recipe.ts';

/** Where the inputs of a run lie. */
export interface Places {
  /** The repository. */
  readonly root: string;
  /** What stands for `../shared`. */
  readonly shared: string;
}

const SHARED = '../shared/';

/** A path of the plan on this machine. */
export function placed(path: string, { root, shared }: Places): string {
  if (isAbsolute(path)) return path;
  return path.startsWith(SHARED) ? join(shared, path.slice(SHARED.length)) : resolve(root, path);
}

/** Flags of the plan with their paths on this machine; a path is what is there, or begins with `../shared/`. */
export function placedFlag(flag: string, places: Places): string {
  const [name, path] = named(flag);
  return isInput(path, places) ? name + placed(path, places) : flag;
}

function named(flag: string): readonly [prefix: string, path: string] {
  const cut = flag.indexOf('=') + 1;
  return [flag.slice(0, cut), flag.slice(cut)];
}

function isInput(path: string, places: Places): boolean {
  return path.startsWith(SHARED) || (path.includes('/') && existsSync(placed(path, places)));
}

interface RunInputs {
  readonly recipe: Recipe;
  readonly corpus: string;
  readonly flags: readonly string[];
  readonly version: string;
}

/**
 * Hash of all that the runs of a variant depend on besides the seed: the recipe's settings, flags, version, and the content of every file named.
 *
 * @throws {E_FILE_UNREADABLE} an input that is not there
 */
export function runFingerprint({ recipe, corpus, flags, version }: RunInputs, places: Places): string {
  // Reasons may be put better without a run being another.
  const settings = Object.entries(recipe.settings).map(([kind, of]) => [
    kind,
    of.map(({ path, value }) => [path, value]),
  ]);
  const inputs = [corpus, ...flags.map((flag) => named(flag)[1]).filter((path) => isInput(path, places))];
  const contents = inputs.map((path) => contentHash(placed(path, places)));
  const vectors = flags.filter((flag) => existsSync(join(places.root, 'node_modules', flag, 'package.json')));
  const packages = vectors.map((name) => contentHash(join(places.root, 'node_modules', name, 'package.json')));
  const all = JSON.stringify([recipe.name, settings, corpus, flags, version, contents, packages]);
  return createHash('sha256').update(all).digest('hex').slice(0, 16);
}

function contentHash(path: string): string {
  const hash = createHash('sha256');
  for (const file of filesOf(path)) hash.update(file.slice(path.length)).update('\0').update(readFileSync(file));
  return hash.digest('hex');
}

function filesOf(path: string): readonly string[] {
  try {
    if (!statSync(path).isDirectory()) return [path];
    const names = readdirSync(path, { recursive: true, encoding: 'utf8' }).sort();
    return names.map((name) => join(path, name)).filter((file) => statSync(file).isFile());
  } catch (cause) {
    throw new NerError('E_FILE_UNREADABLE', `reproduce: ${path}: cannot be read. --shared DIR says where data are.`, {
      cause,
    });
  }
}
