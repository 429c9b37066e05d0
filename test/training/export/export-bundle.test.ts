import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { VectorTable } from '../../../shared/features/vector-table.ts';
import { bundleInput } from '../../../shared/features/bundle-input.ts';
import { openBundle } from '../../../shared/model/bundle.ts';
import { loadModel, type LoadedModel } from '../../../shared/model/load-model.ts';
import { createPredictor } from '../../../shared/model/predictor.ts';
import { readSafetensors } from '../../../shared/model/safetensors.ts';
import { createSession } from '../../../shared/ort/session.ts';
import { createRng } from '../../../shared/random.ts';
import type { Corpus } from '../../../training/data/corpus.ts';
import { exportBundle, type ExportOptions } from '../../../training/export/export-bundle.ts';
import { servingGraph } from '../../../training/export/serving-graph.ts';
import { evaluateTags } from '../../../shared/evaluation/evaluation-report.ts';
import { createLoss } from '../../../training/losses/index.ts';
import { decoderHead } from '../../../training/train/decoder-head.ts';
import { parameterViews, type BestSoFar } from '../../../training/train/train-state.ts';
import { trainTagger } from '../../../training/train/train-tagger.ts';
import { codeOf } from '../../support/error-code.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { tinyCorpus, tinyTrainSettings, tinyVectors, untrainedTagger } from '../../support/tiny-training.ts';

const corpus: Corpus = {
  train: tinyCorpus,
  dev: tinyCorpus.slice(0, 8),
  // A type that training never saw: a miss, and no reason to fail.
  test: [{ ...tinyCorpus[0]!, tags: ['B-comet', ...tinyCorpus[0]!.tags.slice(1)] }, ...tinyCorpus.slice(9)],
  devFrom: 'held out',
  types: ['geo-loc', 'person', 'product'],
  files: {},
  fingerprints: { train: 'a'.repeat(64), test: 'b'.repeat(64) },
  overlap: { trainDev: 8, trainTest: 0, devTest: 0 },
};

interface Trained {
  readonly best: BestSoFar;
  readonly options: Omit<ExportOptions, 'dir'>;
}

/** A tagger that has learned a little: some of what it says is wrong. */
async function train(vectors?: VectorTable): Promise<Trained> {
  const tagger = untrainedTagger(undefined, vectors);
  const loss = createLoss({ kind: 'crf' }, { labelCounts: [] });
  const settings = { ...tinyTrainSettings, epochs: 6, mentionReplacement: 0 };
  let best: BestSoFar | undefined;
  const run = { tagger, loss, train: corpus.train, dev: corpus.dev, settings, seed: 1, threads: 1 };
  for await (const { state } of trainTagger(run)) best = state?.best ?? best;
  const { parameters } = best!;
  const options = {
    tagger,
    parameters,
    corpus,
    history: [],
    recipe: { epochs: 6 },
    seed: 1,
    version: '0.0.1',
    threads: 1,
  };
  return { best: best!, options };
}

let plain: Trained;
let rich: Trained;

beforeAll(async () => {
  plain = await train();
  rich = await train(tinyVectors);
});

async function load(dir: string): Promise<LoadedModel> {
  return loadModel(await openBundle(dir), {
    inputOf: bundleInput,
    openGraph: (graph) => createSession(graph, { threads: 1 }),
  });
}

const texts = tinyCorpus.map((sentence) => sentence.words.join(' '));
const words = tinyCorpus.map((sentence) => sentence.words);

describe('exportBundle', () => {
  test.each([
    ['without vectors', () => plain],
    ['with vectors', () => rich],
  ])('writes a bundle that is verified, loads, and tags as the model in memory does (%s)', async (_, trained) => {
    const { options } = trained();
    const dir = join(tempFolder(), 'model');
    const { manifest } = await exportBundle({ ...options, dir });
    const session = await createSession(servingGraph(options.tagger.model, options.parameters));
    const inMemory = createPredictor({
      manifest: { ...manifest, head: decoderHead(options.tagger.model.parameters, options.parameters) },
      run: session.run,
      input: options.tagger.input,
    });
    const loaded = await load(dir);
    expect(loaded.manifest).toEqual(manifest);
    const tags = await loaded.predictor.predictWords(words);
    expect(tags.flat().filter((tag) => tag !== 'O').length).toBeGreaterThan(5);
    expect(tags).toEqual(await inMemory.predictWords(words));
    expect(await loaded.predictor.predict(texts)).toEqual(await inMemory.predict(texts));
    await loaded.release();
    await session.release();
  });

  test('reports what training saw on dev, and the test figures of the written bundle', async () => {
    const { options, best } = plain;
    const dir = join(tempFolder(), 'model');
    const { manifest, reports } = await exportBundle({ ...options, dir });
    expect(manifest.metrics['dev']!.entity).toEqual(best.dev);
    expect(best.dev.f1).toBeGreaterThan(0.2);
    const loaded = await load(dir);
    const predicted = await loaded.predictor.predictWords(corpus.test!.map((sentence) => sentence.words));
    await loaded.release();
    const gold = corpus.test!.map((sentence) => sentence.tags);
    expect(reports['test']).toEqual(evaluateTags(gold, predicted, { rng: createRng(0, 'bootstrap') }));
    expect(reports['test']!.entity.default.perType['comet']).toMatchObject({ recall: 0, support: 1 });
  });

  test('says in the manifest what the data, the settings and the golden texts are', async () => {
    const { manifest } = await exportBundle({ ...plain.options, dir: join(tempFolder(), 'model') });
    expect(manifest.labels).toEqual(plain.options.tagger.labels.labels);
    expect(manifest.data['train']).toEqual({ sha256: 'a'.repeat(64), sentences: 12, tokens: 68, entities: 16 });
    expect(manifest.data['test']).toMatchObject({ sha256: 'b'.repeat(64), sentences: 4 });
    // Held-out dev sentences have no file: the hash is of what they say.
    expect(manifest.data['dev']!.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(manifest).toMatchObject({ recipe: { epochs: 6 }, seed: 1, engine: { tagwright: '0.0.1' } });
    expect(manifest.golden).toHaveLength(5);
    expect(manifest.golden.flatMap(({ entities }) => entities).length).toBeGreaterThan(0);
    expect(manifest.files.map(({ path }) => path)).toEqual([
      'README.md',
      'config.json',
      'features.json',
      'model.safetensors',
      'onnx/model.onnx',
      'report.html',
      'report.json',
    ]);
  });

  test('writes each parameter under its name, bit for bit', async () => {
    const { tagger, parameters } = rich.options;
    const { model } = tagger;
    const dir = join(tempFolder(), 'model');
    await exportBundle({ ...rich.options, dir });
    const { files } = await openBundle(dir);
    const { tensors } = readSafetensors(files.get('model.safetensors')!);
    const views = parameterViews(model.parameters, parameters);
    expect([...tensors.keys()].sort()).toEqual([...views.keys()].sort());
    for (const [name, { shape, data }] of views) {
      expect(tensors.get(name)!.shape).toEqual(shape);
      expect(tensors.get(name)!.data).toEqual(new Float32Array(data));
    }
  });

  test('gives the same id to the same model and another to any other', async () => {
    const id = async (change: Partial<ExportOptions> = {}): Promise<string> =>
      (await exportBundle({ ...plain.options, dir: join(tempFolder(), 'model'), ...change })).manifest.id;
    const first = await id();
    expect(await id()).toBe(first);
    const parameters = plain.options.parameters.slice();
    parameters[0]! += 1;
    const others = [await id({ seed: 2 }), await id({ parameters }), await id({ recipe: { epochs: 7 } })];
    expect(new Set([first, ...others]).size).toBe(4);
  });

  test('says in the model card what the model finds and how well', async () => {
    const dir = join(tempFolder(), 'model');
    const { manifest } = await exportBundle({ ...plain.options, dir });
    const card = new TextDecoder().decode((await openBundle(dir)).files.get('README.md'));
    expect(card).toContain('Finds geo-loc, person, product in tweets.');
    const f1 = (100 * manifest.metrics['dev']!.entity.f1).toFixed(1);
    expect(card).toMatch(
      new RegExp(`^\\| dev \\| ${manifest.metrics['dev']!.entity.support} \\| .* \\| ${f1} \\|`, 'm'),
    );
  });

  test('fails when the folder holds something else', async () => {
    const dir = tempFolder();
    writeFileSync(join(dir, 'thesis.txt'), 'mine');
    expect(await codeOf(() => exportBundle({ ...plain.options, dir }))).toBe('E_FILE_UNWRITABLE');
  });
});
