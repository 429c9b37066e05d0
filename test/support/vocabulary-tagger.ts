import { join } from 'node:path';
import { createWordInput } from '../../shared/features/word-input.ts';
import type { Bundle } from '../../shared/model/bundle.ts';
import type { GraphInput } from '../../shared/model/graph-input.ts';
import { loadModel, type LoadedModel } from '../../shared/model/load-model.ts';
import { writeBundle, type BundleContent, type ManifestDraft } from '../../shared/model/write-bundle.ts';
import { createSession } from '../../shared/ort/session.ts';
import { tempFolder } from './temp-folder.ts';
import { TINY_LABELS, tinyContent } from './tiny-bundle.ts';
import { tinyTaggerGraph } from './tiny-tagger.ts';

/** Words and the tag that each carries; every other word is O. */
export type Vocabulary = Readonly<Record<string, string>>;

/** A bundle that knows these words: how good it is on a test set is the test's choice. */
export function vocabularyTagger(words: Vocabulary, manifest: Partial<ManifestDraft> = {}): BundleContent {
  const { files, manifest: draft } = tinyContent(manifest, tinyTaggerGraph());
  return { files: { ...files, 'features.json': Buffer.from(JSON.stringify(words)) }, manifest: draft };
}

/** Such a bundle in a folder that is gone after the test. */
export async function writeVocabularyTagger(words: Vocabulary, manifest?: Partial<ManifestDraft>): Promise<string> {
  const dir = join(tempFolder(), 'bundle');
  await writeBundle(dir, vocabularyTagger(words, manifest));
  return dir;
}

function vocabularyInput({ files }: Bundle): GraphInput {
  const words = new Map(Object.entries(JSON.parse(Buffer.from(files.get('features.json')!).toString()) as Vocabulary));
  return createWordInput(
    {
      encode: (sentences, paddedLength) => {
        const data = new Int32Array(sentences.length * paddedLength); // [B, T]
        for (const [row, sentence] of sentences.entries()) {
          for (const [t, word] of sentence.entries()) {
            data[row * paddedLength + t] = TINY_LABELS.indexOf(words.get(word) ?? 'O');
          }
        }
        return { ids: { dtype: 'int32', dims: [sentences.length, paddedLength], data } };
      },
    },
    16,
  );
}

/** Loads one as serving does, but in this thread. */
export function loadVocabularyTagger(bundle: Bundle): Promise<LoadedModel> {
  return loadModel(bundle, { inputOf: vocabularyInput, openGraph: createSession });
}
