import { expect, test } from 'vitest';
import { createServingModel } from '../../../functions/lambda/serving-model.ts';
import { NerError } from '../../../shared/ner-error.ts';

function rig({ jitter = 0, loaded = true } = {}) {
  let looks = 0;
  let at = 0;
  let modelId = loaded ? '0123456789abcdef' : undefined;
  const model = createServingModel({
    watcher: {
      modelId: () => modelId,
      use: async () => {
        throw new NerError('E_NOT_READY', 'use: no model is loaded yet.');
      },
      check: async () => {
        looks += 1;
      },
    },
    pollSeconds: 30,
    now: () => at,
    jitter: () => jitter,
  });
  return {
    model,
    looks: () => looks,
    sleep: (seconds: number) => {
      at += seconds * 1_000;
    },
    load: () => {
      modelId = 'fedcba9876543210';
    },
  };
}

test('looks at the pointer at the first refresh, and again when the look is too old', async () => {
  const { model, looks, sleep } = rig();
  await model.refresh();
  await model.refresh();
  sleep(29.9);
  await model.refresh();
  expect(looks()).toBe(1);
  sleep(0.1);
  await model.refresh();
  expect(looks()).toBe(2);
});

test('looks earlier by its jitter, by a fifth at most', async () => {
  const { model, looks, sleep } = rig({ jitter: 0.999 });
  await model.refresh();
  sleep(23.9);
  await model.refresh();
  expect(looks()).toBe(1);
  sleep(0.2);
  await model.refresh();
  expect(looks()).toBe(2);
});

test('looks each time as long as no model is loaded', async () => {
  const { model, looks, load } = rig({ loaded: false });
  await model.refresh();
  await model.refresh();
  expect(looks()).toBe(2);
  expect(model.loadedId).toBeUndefined();
  load();
  await model.refresh();
  expect(looks()).toBe(2);
  expect(model.loadedId).toBe('fedcba9876543210');
});
