import { readFileSync } from 'node:fs';

/** The tokenisers of test/fixtures/library-tokenizers, which are not WordPiece. */
export type LibraryTokenizerName = 'byte-level' | 'byte-level-prefix' | 'unigram';

const folder = new URL('../fixtures/library-tokenizers/', import.meta.url);

/** Its files by name, as `openTokenizer` takes them. */
export function libraryTokenizerFiles(name: LibraryTokenizerName): Map<string, Uint8Array> {
  return new Map(
    ['tokenizer.json', 'tokenizer_config.json'].map((file) => [file, readFileSync(new URL(`${name}/${file}`, folder))]),
  );
}
