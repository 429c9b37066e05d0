import { EMISSIONS_OUTPUT } from '../../shared/contracts/manifest.ts';
import { createWordInput, type WordBatchEncoder } from '../../shared/features/word-input.ts';
import type { GraphInput } from '../../shared/model/graph-input.ts';
import type { Session } from '../../shared/ort/session.ts';
import { createRng } from '../../shared/random.ts';

/** Random but fixed emissions for each word, whatever stands around it: encoder and graph of a model without sense. */
export function randomTagger(seed: number, labels: number, maxWords = 16): { input: GraphInput; run: Session['run'] } {
  const words: string[] = [];
  const emissionsOf = new Map<number, Float32Array>();
  const encoder: WordBatchEncoder = {
    encode: (sentences, paddedLength) => {
      const data = new Int32Array(sentences.length * paddedLength); // [B, T]
      for (const [row, sentence] of sentences.entries()) {
        for (const [t, word] of sentence.entries()) {
          if (!words.includes(word)) words.push(word);
          data[row * paddedLength + t] = words.indexOf(word) + 1;
        }
      }
      return { ids: { dtype: 'int32', dims: [sentences.length, paddedLength], data } };
    },
  };
  const scores = (id: number): Float32Array => {
    const known = emissionsOf.get(id);
    if (known !== undefined) return known;
    const rng = createRng(seed, words[id - 1] ?? '');
    const fresh = Float32Array.from({ length: labels }, () => 3 * rng.normal());
    emissionsOf.set(id, fresh);
    return fresh;
  };
  return {
    input: createWordInput(encoder, maxWords),
    run: async ({ ids }) => {
      if (ids?.dtype !== 'int32') return {};
      const data = new Float32Array(ids.data.length * labels); // [B, T, L]
      ids.data.forEach((id, i) => {
        data.set(scores(id), i * labels);
      });
      return { [EMISSIONS_OUTPUT]: { dtype: 'float32', dims: [...ids.dims, labels], data } };
    },
  };
}
