import type { GoldenText } from '../contracts/manifest.ts';
import { NerError } from '../ner-error.ts';
import type { Predictor } from './predictor.ts';

/**
 * Tags the manifest's golden texts and compares with what the exporter found: the last check that graph, features,
 * tokeniser and decoder work together here as they did there. Golden texts may be tweets, and what is thrown is logged, so a
 * text is told by its number.
 *
 * @throws {E_MODEL_GOLDEN} when an entity is missing, added, of another type or elsewhere
 */
export async function verifyGolden(predictor: Predictor, golden: readonly GoldenText[]): Promise<void> {
  const results = await predictor.predict(golden.map(({ text }) => text));
  for (const [index, { entities }] of golden.entries()) {
    const expected = write(entities);
    const found = write(results[index]!);
    if (found === expected) continue;
    throw new NerError(
      'E_MODEL_GOLDEN',
      `loadModel: model ${predictor.modelId} does not find in golden text ${index + 1} what its exporter found, ` +
        `got ${found}; expected ${expected}. Train the model again with this version.`,
    );
  }
}

function write(entities: readonly { readonly type: string; readonly start: number; readonly end: number }[]): string {
  return `[${entities.map(({ type, start, end }) => `${type} ${start}-${end}`).join(', ')}]`;
}
