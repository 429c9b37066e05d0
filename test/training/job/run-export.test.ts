import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bundleInput } from '../../../shared/features/bundle-input.ts';
import { openBundle } from '../../../shared/model/bundle.ts';
import { loadModel } from '../../../shared/model/load-model.ts';
import { sha256Hex } from '../../../shared/model/sha256.ts';
import { createSession } from '../../../shared/ort/session.ts';
import { readConll } from '../../../shared/corpus/conll.ts';
import { runExport, type ExportJob } from '../../../training/job/run-export.ts';
import type { SettingChange } from '../../../training/job/settings.ts';
import { codeOf } from '../../support/error-code.ts';
import { runJob, tinyJob, writeTinyJob } from '../../support/tiny-encoder-job.ts';

/** Limits that let everything through: what is tested here is that models of all kinds come out whole. */
const open = { logitDifference: 100, tagAgreement: 0, f1Loss: 1 };

/** Every kind of tagger, each with what it is trained with beside the corpus. */
const kinds: readonly (readonly [name: string, changes: readonly SettingChange[]])[] = [
  ['an encoder with a linear head', []],
  ['an encoder with a convolution', [['model.head.kind', 'convolution']]],
  ['an encoder with a BiLSTM', [['model.head.kind', 'bilstm']]],
  ['an encoder with a CRF', [['loss.kind', 'crf']]],
  ['an encoder with features of words', [['model.words', {}]]],
];

describe.each([...kinds, ['features of words alone', undefined] as const])('runExport of %s', (_, changes) => {
  let folder = '';
  const model = (): string => join(folder, 'bundle');
  const job = (more: Partial<ExportJob> = {}): ExportJob => {
    const dev = readFileSync(join(folder, 'corpus', 'dev'));
    const corpus = { sha256: sha256Hex(dev), sentences: readConll({ name: 'dev', text: dev.toString() }) };
    const out = join(folder, 'exported');
    return { model: model(), out, precision: 'int8', corpus, limits: open, version: '0.0.1', threads: 1, ...more };
  };

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tagwright-export-'));
    await writeTinyJob(folder);
    const job = tinyJob(folder, { changes: changes ?? [] });
    const encoder = changes === undefined ? undefined : job.encoder;
    await runJob({ ...job, encoder });
  });

  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  test('writes in fp32 what computes the same, under another id, and says from which model', async () => {
    const { manifest, gate } = await runExport(job({ precision: 'fp32', limits: {} }));
    const reference = (await openBundle(model())).manifest;
    expect(manifest).toMatchObject({ exportedFrom: reference.id, graph: reference.graph, gate });
    expect(manifest.id).not.toBe(reference.id);
    expect(gate.figures.tagAgreement).toBe(1);
    expect(gate.figures.f1).toBe(gate.figures.referenceF1);
  });

  test('writes in int8 what loads and serves, without the weights', async () => {
    const { manifest } = await runExport(job());
    const bundle = await openBundle(join(folder, 'exported'));
    expect(bundle.manifest).toEqual(manifest);
    expect(manifest.graph.precision).toBe('int8');
    expect(manifest.graph.file).toMatch(/_quantized\.onnx$/);
    expect([...bundle.files.keys()]).not.toContain('model.safetensors');
    const openGraph = (graph: Uint8Array) => createSession(graph);
    const loaded = await loadModel(bundle, { inputOf: bundleInput, openGraph });
    expect(await loaded.predictor.predict(['Ada in Paris'])).toHaveLength(1);
    await loaded.release();
  });

  test('is the same bundle when it is exported again', async () => {
    const first = await runExport(job());
    const again = await runExport(job({ out: join(folder, 'again') }));
    expect(again.manifest.id).toBe(first.manifest.id);
  });

  test('fails beyond a limit, and then writes nothing', async () => {
    const out = join(folder, 'refused');
    expect(await codeOf(() => runExport(job({ out, limits: { ...open, logitDifference: -1 } })))).toBe('E_EXPORT_GATE');
    expect(existsSync(out)).toBe(false);
  });

  test('fails from a bundle of int8, which has no weights, and says from which to export', async () => {
    await runExport(job());
    const again = job({ model: join(folder, 'exported'), out: join(folder, 'third') });
    expect(await codeOf(() => runExport(again))).toBe('E_WEIGHTS_MISSING');
  });

  test('fails onto the model itself', async () => {
    expect(await codeOf(() => runExport(job({ out: model() })))).toBe('E_USAGE');
  });
});
