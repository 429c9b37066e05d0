import { readFileSync, existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { readSafetensors, type SafetensorsFile } from '../../shared/model/safetensors.ts';
import { openTokenizer, TOKENIZER_FILES, type TextTokenizer } from '../../shared/text/tokenizer.ts';
import { readEncoderConfig, type EncoderConfig } from './encoder-config.ts';

export interface EncoderFolder {
  readonly name: string;
  readonly config: EncoderConfig;
  readonly configJson: Readonly<Record<string, unknown>>;
  readonly tokenizer: TextTokenizer;
  readonly tokenizerFiles: ReadonlyMap<string, Uint8Array>;
  readonly weights: SafetensorsFile;
}

export async function readEncoderFolder(dir: string): Promise<EncoderFolder> {
  const configJson = JSON.parse(readFileSync(join(dir, 'config.json'), 'utf8')) as Record<string, unknown>;
  const tokenizerFiles = new Map<string, Uint8Array>(
    TOKENIZER_FILES.filter((name) => existsSync(join(dir, name))).map((name) => [name, readFileSync(join(dir, name))]),
  );
  return {
    name: basename(dir),
    config: readEncoderConfig(configJson),
    configJson,
    tokenizer: await openTokenizer(tokenizerFiles, dir),
    tokenizerFiles,
    weights: readSafetensors(readFileSync(join(dir, 'model.safetensors')), dir),
  };
}
