import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startHost } from '../../../functions/local/host.ts';
import { predictResponseSchema } from '../../../shared/contracts/api.ts';
import { bundleInput } from '../../../shared/features/bundle-input.ts';
import { openBundle } from '../../../shared/model/bundle.ts';
import { loadModel } from '../../../shared/model/load-model.ts';
import { createSession } from '../../../shared/ort/session.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { runJob, tinyJob, tinySplits, writeTinyJob } from '../../support/tiny-encoder-job.ts';

const texts = tinySplits.train.map(({ words }) => words.join(' '));

/** What the bundle in a folder finds, without a host. */
async function found(dir: string): Promise<unknown> {
  const model = await loadModel(await openBundle(dir), {
    inputOf: bundleInput,
    openGraph: (graph) => createSession(graph, { threads: 1 }),
  });
  const entities = await model.predictor.predict(texts);
  await model.release();
  return entities.map((each) => each.map(({ type, start, end }) => ({ type, start, end })));
}

test('a host swaps from words to word pieces and back under load, and every answer is of the model that it names', async () => {
  const folder = tempFolder();
  await writeTinyJob(folder);
  const [words, pieces] = [join(folder, 'words'), join(folder, 'pieces')];
  await runJob(tinyJob(folder, { encoder: undefined, out: words }));
  await runJob(tinyJob(folder, { out: pieces, changes: [['loss.kind', 'crf']] }));
  const expected = new Map<string, unknown>();
  const host = await startHost({
    stateDir: join(folder, 'state'),
    port: 0,
    workers: 2,
    clock: () => new Date(),
    log: () => undefined,
  });
  onTestFinished(() => host.close());
  const ids: string[] = [];
  for (const dir of [words, pieces]) {
    const { id } = await host.registry.publish(dir);
    ids.push(id);
    expected.set(id, await found(dir));
  }
  const seen = new Set<string>();
  const ask = async (): Promise<void> => {
    const response = await fetch(`${host.url}/v1/predict`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ texts }),
    });
    expect(response.status).toBe(200);
    const { model, results } = predictResponseSchema.parse(await response.json());
    seen.add(model);
    const entities = results.map((result) => result.entities.map(({ type, start, end }) => ({ type, start, end })));
    expect(entities).toEqual(expected.get(model));
  };
  const serve = async (id: string): Promise<void> => {
    await host.registry.promote(id);
    await host.checkModel();
  };
  await serve(ids[0]!);
  for (const id of [ids[1]!, ids[0]!, ids[1]!]) {
    const load = Promise.all(Array.from({ length: 8 }, ask));
    await serve(id);
    await load;
    expect(host.status().modelId).toBe(id);
    await ask();
  }
  expect([...seen].sort()).toEqual([...ids].sort());
});
