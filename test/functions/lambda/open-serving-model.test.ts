import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openServingModel, tellModelEvents } from '../../../functions/lambda/open-serving-model.ts';
import type { ServingModel } from '../../../functions/lambda/serving-model.ts';
import { NerError } from '../../../shared/ner-error.ts';
import { createRegistry } from '../../../shared/registry/registry.ts';
import { openLocalKey } from '../../../shared/signing/local-signer.ts';
import { functionRecords } from '../../support/function-records.ts';
import { openStore } from '../../support/open-store.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const STARTER = join(import.meta.dirname, '..', '..', '..', 'models', 'starter');
const clock = (): Date => new Date('2026-11-24T08:00:00Z');
const TWEETS = ['Angela Merkel is in Paris'];

/** A stage whose key signs, and a function that serves its models; every refresh looks at the pointer. */
function rig() {
  const { store } = openStore();
  const key = openLocalKey(join(tempFolder(), 'keys'));
  const stranger = openLocalKey(join(tempFolder(), 'keys'));
  const records = functionRecords();
  const open = (): ServingModel =>
    openServingModel({
      registry: createRegistry({ store, clock, verifier: key }),
      fallbackDir: STARTER,
      threads: 1,
      pollSeconds: 0,
      ...records,
    });
  const registrySignedBy = (signer: typeof key) => createRegistry({ store, clock, signer, verifier: signer });
  return { ...records, store, open, ours: registrySignedBy(key), theirs: registrySignedBy(stranger) };
}

async function idOf(model: ServingModel): Promise<string> {
  await model.refresh();
  const { model: id, results } = await model.predict(TWEETS);
  expect(results[0]!.map(({ text }) => text)).toContain('Paris');
  return id;
}

test('serves the model that is deployed with the code until one is promoted', async () => {
  const { open, logged, counts } = rig();
  const model = open();
  expect(await idOf(model)).toMatch(/^[0-9a-f]{16}$/);
  expect(model.loadedId).toBe(model.modelId);
  expect(logged).toEqual(['another model serves']);
  expect(counts).toEqual({ ModelSwapped: 1 });
});

test('a model that nobody of the stage has signed is refused, with a metric, and the one in use goes on', async () => {
  const { open, theirs, ours, store, counts, errors } = rig();
  const model = open();
  const before = await idOf(model);
  const { id } = await theirs.publish(STARTER);
  await theirs.promote(id);
  expect(await idOf(model)).toBe(before);
  // The starter is the same model, so its id is the pointer's already: only a fresh environment would load it.
  const fresh = open();
  await fresh.refresh();
  expect(fresh.loadedId).toBeUndefined();
  expect(counts['ModelSwapFailed']).toBe(1);
  expect(errors).toEqual([expect.objectContaining({ code: 'E_BUNDLE_UNSIGNED' })]);
  await ours.publish(STARTER);
  expect((await store.head(`signatures/${id}.json`)) !== undefined).toBe(true);
  expect(await idOf(open())).toBe(id);
});

test('what could not be freed is an error in the log, and no refusal', () => {
  const records = functionRecords();
  const tell = tellModelEvents(records);
  tell({ kind: 'release-failed', modelId: '0123456789abcdef', error: new NerError('E_WORKER_LOST', 'run: ended.') });
  tell({ kind: 'settled', modelId: '0123456789abcdef' });
  expect(records.logged.length).toBe(2);
  expect(records.counts).toEqual({});
});
