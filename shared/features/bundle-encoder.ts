import { z } from 'zod';
import type { Bundle } from '../model/bundle.ts';
import { NerError } from '../ner-error.ts';
import { readVectorFile } from './vector-file.ts';
import { createWordEncoder, encoderSettingsSchema, type EncoderSettings, type WordEncoder } from './word-encoder.ts';

/** Where a bundle has the settings of its word encoder, and the vectors if there are some. */
export interface WordFeatureFiles {
  readonly file: string;
  readonly vectors?: string | undefined;
}

/**
 * The word encoder of a verified bundle with word features.
 *
 * @throws {E_BUNDLE_FOREIGN} when its feature settings are not ours, of another version, or for other vectors
 * @throws {E_WEIGHTS_MALFORMED} when its vector file is none
 */
export function bundleEncoder({ file, vectors }: WordFeatureFiles, files: Bundle['files']): WordEncoder {
  const settings = parseSettings(file, files.get(file)!);
  const table = vectors === undefined ? undefined : readVectorFile(files.get(vectors)!, vectors);
  const dim = table?.dim ?? null;
  if (settings.vectorDim !== dim) {
    foreign(file, `it is for vectors of width ${settings.vectorDim ?? 'none'}, got ${dim ?? 'none'}`);
  }
  return createWordEncoder(settings, table);
}

/** The file of a verified bundle's word vectors; undefined when it has none. `readVectorFile` reads it. */
export function bundleVectors({ manifest: { features }, files }: Bundle): Uint8Array | undefined {
  const path = features.kind === 'word-features' ? features.vectors : features.words?.vectors;
  return path === undefined ? undefined : files.get(path);
}

function parseSettings(file: string, bytes: Uint8Array): EncoderSettings {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    foreign(file, 'it is no JSON', cause);
  }
  const parsed = encoderSettingsSchema.safeParse(json);
  return parsed.success ? parsed.data : foreign(file, z.prettifyError(parsed.error));
}

function foreign(file: string, reason: string, cause?: unknown): never {
  throw new NerError('E_BUNDLE_FOREIGN', `${file}: not the settings of a word encoder of this version: ${reason}.`, {
    cause,
  });
}
