import type { Tokenizer } from 'tokenizers';
import { NerError } from '../ner-error.ts';

/** What we use of the package `tokenizers`, the official binding of the library: native code for each platform. */
export interface TokenizersBinding {
  readonly Tokenizer: typeof Tokenizer;
}

/**
 * Loads the binding. Nothing else imports it, so whoever uses WordPiece only never loads native code for it.
 *
 * @throws {E_TOKENIZER_LIBRARY} when there is none for this platform, or it is not installed
 */
export async function loadTokenizersBinding(
  source: string,
  load: () => Promise<TokenizersBinding> = () => import('tokenizers'),
): Promise<TokenizersBinding> {
  try {
    return await load();
  } catch (cause) {
    throw new NerError(
      'E_TOKENIZER_LIBRARY',
      `${source}: its tokeniser needs the package 'tokenizers', which cannot be loaded on ${process.platform}-${process.arch}, ` +
        `got ${cause instanceof Error ? cause.message : String(cause)}; expected its native code. ` +
        'Run npm ci again, or take a model with a WordPiece tokeniser (BERT, DistilBERT, ELECTRA, MPNet, MiniLM).',
      { cause },
    );
  }
}
