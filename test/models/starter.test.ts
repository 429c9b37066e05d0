import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { MANIFEST_FILE } from '../../shared/contracts/manifest.ts';
import { bundleInput } from '../../shared/features/bundle-input.ts';
import { openBundle } from '../../shared/model/bundle.ts';
import { loadModel } from '../../shared/model/load-model.ts';
import { createSession } from '../../shared/ort/session.ts';
import { entityReport } from '../../shared/evaluation/evaluation-report.ts';
import { readConll } from '../../shared/corpus/conll.ts';

const root = join(import.meta.dirname, '..', '..');
const dir = join(root, 'models', 'starter');

/** What a checkout should not have to carry more than. */
const MOST_BYTES = 8 * 2 ** 20;

describe('models/starter', () => {
  test('is a whole bundle of 8 MB at most, and loading it finds what its golden texts say', async () => {
    const bundle = await openBundle(dir);
    const { files, golden } = bundle.manifest;
    const bytes = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, readFileSync(join(dir, MANIFEST_FILE)).length);
    expect(bytes).toBeLessThanOrEqual(MOST_BYTES);
    expect(golden.length).toBeGreaterThan(5);
    expect(golden.some(({ entities }) => entities.length > 0)).toBe(true);
    const model = await loadModel(bundle, {
      inputOf: bundleInput,
      openGraph: (graph) => createSession(graph, { threads: 1 }),
    });
    const [entities] = await model.predictor.predict(['Adele sings in London tonight']);
    await model.release();
    expect(entities!.map(({ type, text }) => [type, text])).toContainEqual(['location', 'London']);
  });

  test('quotes nothing but texts of ours', async () => {
    const { manifest } = await openBundle(dir);
    const stream = readFileSync(join(root, 'data', 'sample', 'stream.ndjson'), 'utf8')
      .trimEnd()
      .split('\n');
    const ours = new Set(stream.map((line) => (JSON.parse(line) as { readonly text: string }).text));
    expect(manifest.golden.filter(({ text }) => !ours.has(text))).toEqual([]);
    expect(manifest.files.map(({ path }) => path)).toEqual([
      'README.md',
      'config.json',
      'features.json',
      'onnx/model.onnx',
      'vectors.safetensors',
    ]);
  });

  test('says in its card by whose leave it is there, and how it is made again', () => {
    const card = readFileSync(join(dir, 'README.md'), 'utf8');
    expect(card).toContain('license: cc-by-4.0');
    expect(card).toContain(readFileSync(join(root, 'models', 'starter-notes.md'), 'utf8').trim());
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: object };
    expect(scripts).toHaveProperty('starter');
  });

  test('finds persons in tweets that it has never seen', async () => {
    const { manifest, files } = await openBundle(dir);
    const sentences = readConll(join(root, 'data', 'sample', 'test')).map(({ words, tags }) => ({
      words,
      tags: tags.map((tag) => (tag.endsWith('-person') ? tag : 'O')),
    }));
    const model = await loadModel(
      { manifest, files },
      { inputOf: bundleInput, openGraph: (graph) => createSession(graph, { threads: 1 }) },
    );
    const found = await model.predictor.predictWords(sentences.map(({ words }) => words));
    await model.release();
    const persons = found.map((tags) => tags.map((tag) => (tag.endsWith('-person') ? tag : 'O')));
    const gold = sentences.map(({ tags }) => tags);
    expect(entityReport(gold, persons, { mode: 'default' }).micro.f1).toBeGreaterThan(0.4);
  });
});
