import { z } from 'zod';
import type { Bundle } from '../model/bundle.ts';
import { NerError } from '../ner-error.ts';
import { readVectorFile } from './vector-file.ts';
import { createWordEncoder, encoderSettingsSchema, type WordEncoder } from './word-encoder.ts';

/**
 * The word encoder of a verified bundle.
 *
 * @throws {E_BUNDLE_FOREIGN} when its feature settings are not ours, or of another version
 */
export function bundleEncoder({ manifest, files }: Bundle): WordEncoder {
  const { file, vectors } = manifest.features;
  const parsed = encoderSettingsSchema.safeParse(JSON.parse(new TextDecoder().decode(files.get(file))));
  if (!parsed.success) {
    throw new NerError(
      'E_BUNDLE_FOREIGN',
      `${file}: not the settings of a word encoder: ${z.prettifyError(parsed.error)}`,
    );
  }
  return createWordEncoder(
    parsed.data,
    vectors === undefined ? undefined : readVectorFile(files.get(vectors)!, vectors),
  );
}
