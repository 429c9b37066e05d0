import { readFileSync } from 'node:fs';
import type { TokenizerSettings } from '../../shared/text/tokenizer-settings.ts';
import { readTokenizerJson } from '../../shared/text/tokenizer-json.ts';

const folder = new URL('../fixtures/word-piece/', import.meta.url);

/** A file of test/fixtures/word-piece: a BERT tokeniser with a tiny vocabulary. */
export function tinyTokenizerFile(name: 'tokenizer.json' | 'vocab.txt' | 'tokenizer_config.json'): Uint8Array {
  return readFileSync(new URL(name, folder));
}

export function tinyTokenizer(): TokenizerSettings {
  return readTokenizerJson(tinyTokenizerFile('tokenizer.json'), { source: 'tokenizer.json' });
}
