import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { create } from '@bufbuild/protobuf';
import * as onnx from 'onnx-buf';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openBundle } from '../../../shared/model/bundle.ts';
import type { Bundle } from '../../../shared/model/bundle.ts';
import { loadModel } from '../../../shared/model/load-model.ts';
import { writeBundle } from '../../../shared/model/write-bundle.ts';
import type { BundleContent } from '../../../shared/model/write-bundle.ts';
import { createSession } from '../../../shared/ort/session.ts';
import { tinyContent } from '../../support/tiny-bundle.ts';
import { affineModel, modelBytes } from '../../support/tiny-graph.ts';
import { tinyInput, tinyGolden, tinyTagger, tinyTaggerGraph } from '../../support/tiny-tagger.ts';

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'load-'));
});

afterEach(() => {
  rmSync(root, { recursive: true });
});

async function written(content: BundleContent): Promise<Bundle> {
  await writeBundle(join(root, 'model'), content);
  return openBundle(join(root, 'model'));
}

const inputOf = () => tinyInput;

describe('loadModel', () => {
  test('hands out a predictor that runs in a worker thread', async () => {
    const bundle = await written(tinyTagger());
    const model = await loadModel(bundle, { inputOf, workers: 2 });
    expect(model.predictor.modelId).toBe(bundle.manifest.id);
    const results = await model.predictor.predict(['Grace', 'nobody', 'Paris is Paris']);
    expect(results.map((entities) => entities.map(({ text }) => text))).toEqual([['Grace'], [], ['Paris', 'Paris']]);
    await model.release();
    await expect(model.predictor.predict(['Ada'])).rejects.toMatchObject({ code: 'E_INTERNAL' });
  });

  test('opens the graph as it is told', async () => {
    const bundle = await written(tinyTagger());
    const model = await loadModel(bundle, { inputOf, openGraph: (graph) => createSession(graph, { threads: 1 }) });
    expect(await model.predictor.predictWords([['Ada', 'Lovelace']])).toEqual([['B-person', 'I-person']]);
    await model.release();
  });

  test.each([
    ['is missing', tinyGolden[0]!.entities.slice(1), 'got [person 0-12, geo-loc 19-24]; expected [geo-loc 19-24]'],
    ['is elsewhere', [{ type: 'person', start: 0, end: 3 }], 'expected [person 0-3]'],
    ['is of another type', [{ type: 'geo-loc', start: 0, end: 12 }], 'expected [geo-loc 0-12]'],
  ])('fails when an entity of a golden text %s, and frees the graph', async (_, entities, message) => {
    const bundle = await written(tinyTagger({ golden: [{ ...tinyGolden[0]!, entities }] }));
    let released = 0;
    const openGraph = async (graph: Uint8Array): ReturnType<typeof createSession> => {
      const session = await createSession(graph);
      return {
        ...session,
        release: () => {
          released++;
          return session.release();
        },
      };
    };
    await expect(loadModel(bundle, { inputOf, openGraph })).rejects.toMatchObject({
      code: 'E_MODEL_GOLDEN',
      message: expect.stringContaining(message) as string,
    });
    expect(released).toBe(1);
  });

  test('fails when the features cannot be read, and frees the graph that was opened beside', async () => {
    const bundle = await written(tinyTagger());
    let released = 0;
    const openGraph = async (graph: Uint8Array): ReturnType<typeof createSession> => {
      const session = await createSession(graph);
      return {
        ...session,
        release: () => {
          released++;
          return session.release();
        },
      };
    };
    const unreadable = (): never => {
      throw new Error('no tokeniser');
    };
    await expect(loadModel(bundle, { inputOf: unreadable, openGraph })).rejects.toThrow('no tokeniser');
    expect(released).toBe(1);
  });

  test('fails when the graph names files outside of itself, before onnxruntime sees it', async () => {
    const model = affineModel();
    model.graph!.initializer.push(
      create(onnx.TensorProtoSchema, { name: 'stolen', externalData: [{ key: 'location', value: '/etc/passwd' }] }),
    );
    const bundle = await written(tinyContent({}, modelBytes(model)));
    const openGraph = () => Promise.reject(new Error('not reached'));
    await expect(loadModel(bundle, { inputOf, openGraph })).rejects.toMatchObject({ code: 'E_GRAPH_UNSAFE' });
  });

  test('fails when onnxruntime cannot load the graph', async () => {
    const broken = affineModel();
    broken.graph!.node[0]!.opType = 'NoSuchOperator';
    const bundle = await written(tinyContent({}, modelBytes(broken)));
    await expect(loadModel(bundle, { inputOf })).rejects.toMatchObject({ code: 'E_GRAPH_INVALID' });
  });

  test('fails when graph and labels are of different models', async () => {
    const labels = ['O', 'B-person', 'I-person'];
    const bundle = await written(tinyContent({ labels, golden: tinyGolden }, tinyTaggerGraph()));
    await expect(loadModel(bundle, { inputOf })).rejects.toMatchObject({ code: 'E_SHAPE_MISMATCH' });
  });
});
