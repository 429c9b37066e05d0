import { existsSync } from 'node:fs';
import { NerError } from '../shared/ner-error.ts';

export const DEFAULT_STATE = '.tagwright';

/** The flag of verbs that work on what a host left or is at work on. */
export const stateFlag = {
  state: {
    type: 'string',
    valueHint: 'DIR',
    description: `Folder of models, queue and results; by default ${DEFAULT_STATE}`,
  },
} as const;

/** @throws {E_FILE_UNREADABLE} when a folder was named that is not there; the default one need not be */
export function stateFolder(verb: string, named: string | undefined): string {
  if (named === undefined || existsSync(named)) return named ?? DEFAULT_STATE;
  throw new NerError(
    'E_FILE_UNREADABLE',
    `tagwright ${verb}: --state: there is no folder ${named}; expected the one that 'tagwright start' or 'serve' was given.`,
  );
}
