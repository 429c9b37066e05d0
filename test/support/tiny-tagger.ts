import { create } from '@bufbuild/protobuf';
import * as onnx from 'onnx-buf';
import { EMISSIONS_OUTPUT } from '../../shared/contracts/manifest.ts';
import { createWordInput, type WordBatchEncoder } from '../../shared/features/word-input.ts';
import type { BundleContent, ManifestDraft } from '../../shared/model/write-bundle.ts';
import { TINY_LABELS, tinyContent } from './tiny-bundle.ts';
import { floatTensor, floatValue, modelBytes, node } from './tiny-graph.ts';

const INT32 = 6;

/** A vocabulary whose words carry their tag; every other word is O. */
const TAGS: Readonly<Record<string, string>> = {
  Ada: 'B-person',
  Lovelace: 'I-person',
  Grace: 'B-person',
  Paris: 'B-geo-loc',
  東京: 'B-geo-loc',
};

/** Looks words up: ids int32 [B, T], which are columns of the emissions. */
const tinyEncoder: WordBatchEncoder = {
  encode: (sentences, paddedLength) => {
    const data = new Int32Array(sentences.length * paddedLength); // [B, T]
    for (const [row, words] of sentences.entries()) {
      for (const [t, word] of words.entries()) data[row * paddedLength + t] = TINY_LABELS.indexOf(TAGS[word] ?? 'O');
    }
    return { ids: { dtype: 'int32', dims: [sentences.length, paddedLength], data } };
  },
};

export const tinyInput = createWordInput(tinyEncoder, 16);

/** A real graph: emissions [B, T, L] = Gather(scale * identity [L, L], ids [B, T]). */
export function tinyTaggerGraph(scale = 4): Uint8Array<ArrayBuffer> {
  const size = TINY_LABELS.length;
  const identity = Array.from({ length: size * size }, (_, i) => (i % (size + 1) === 0 ? scale : 0));
  const ids = floatValue('ids', ['B', 'T']);
  if (ids.type?.value.case === 'tensorType') ids.type.value.value.elemType = INT32;
  const model = create(onnx.ModelProtoSchema, {
    irVersion: 10n,
    opsetImport: [{ domain: '', version: 20n }],
    graph: create(onnx.GraphProtoSchema, {
      name: 'tiny-tagger',
      node: [node('Gather', ['table', 'ids'], [EMISSIONS_OUTPUT])],
      initializer: [floatTensor('table', [size, size], identity)],
      input: [ids],
      output: [floatValue(EMISSIONS_OUTPUT, ['B', 'T', size])],
    }),
  });
  return modelBytes(model);
}

export const tinyGolden = [
  {
    text: 'Ada Lovelace loved Paris',
    entities: [
      { type: 'person', start: 0, end: 12 },
      { type: 'geo-loc', start: 19, end: 24 },
    ],
  },
];

/** A bundle that loads and answers. Another `seed` makes another id. */
export function tinyTagger(manifest: Partial<ManifestDraft> = {}): BundleContent {
  return tinyContent({ golden: tinyGolden, ...manifest }, tinyTaggerGraph());
}
