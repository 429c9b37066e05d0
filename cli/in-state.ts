import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { NerError } from '../shared/ner-error.ts';
import { stateFolder } from './state-folder.ts';

/**
 * The path of what a verb needs in the state folder.
 *
 * @throws {E_FILE_UNREADABLE} when the folder, or that in it, is not there
 */
export function inState(verb: string, named: string | undefined, name: string): string {
  const folder = stateFolder(verb, named);
  const path = join(resolve(folder), name);
  if (existsSync(path)) return path;
  throw new NerError(
    'E_FILE_UNREADABLE',
    `tagwright ${verb}: there is no ${name} in ${folder}; expected the state of a host that has tagged tweets. Name its folder with --state.`,
  );
}
