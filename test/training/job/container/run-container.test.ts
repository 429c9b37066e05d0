import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { METRIC_DEFINITIONS } from '../../../../shared/contracts/training-job.ts';
import { mlTree } from '../../../../shared/jobs/ml-tree.ts';
import { scrapeMetrics } from '../../../../shared/jobs/scrape-metrics.ts';
import { openBundle } from '../../../../shared/model/bundle.ts';
import { runContainer } from '../../../../training/job/container/run-container.ts';
import {
  type SmallMlTree,
  tinyChannels,
  tinyHyperparameters,
  writeSmallMlTree,
} from '../../../support/small-ml-tree.ts';
import { tempFolder } from '../../../support/temp-folder.ts';
import { writeTinyEncoder } from '../../../support/tiny-encoder-folder.ts';
import { conll, tinySplits } from '../../../support/tiny-encoder-job.ts';

interface Ran {
  readonly code: number;
  readonly lines: readonly string[];
}

/** Runs the trainer over a tree; told to end at the first line that matches. */
async function train(root: string, endAt?: RegExp): Promise<Ran> {
  const lines: string[] = [];
  const end = new AbortController();
  const code = await runContainer({
    ...{ root, version: '0.0.0', threads: 1, spinning: false, nowMs: () => performance.now(), signal: end.signal },
    print: (line) => {
      lines.push(line);
      if (endAt?.test(line) === true) end.abort('SIGTERM');
    },
  });
  return { code, lines };
}

async function trainNew(tree: SmallMlTree = {}): Promise<Ran & { readonly root: string }> {
  const root = tempFolder();
  await writeSmallMlTree(root, tree);
  return { root, ...(await train(root)) };
}

function failureOf(root: string): string {
  return readFileSync(mlTree(root).failure, 'utf8');
}

const LONG = { ...tinyHyperparameters, epochs: '40' };

describe('the trainer of a /opt/ml tree', () => {
  test('leaves a bundle as plain files, report and curves, and prints the figures of each epoch', async () => {
    const { root, code, lines } = await trainNew();
    expect({ code, failed: existsSync(mlTree(root).failure) }).toEqual({ code: 0, failed: false });
    const { manifest } = await openBundle(mlTree(root).model);
    expect(lines.at(-1)).toBe(`model: ${manifest.id}`);
    expect(readdirSync(mlTree(root).outputData).sort()).toEqual(['curves.html', 'report.html', 'report.json']);
    const epochs = lines.map(scrapeMetrics).filter(({ length }) => length > 0);
    expect(epochs).toHaveLength(2);
    for (const figures of epochs) {
      expect(figures.map(({ name }) => name).sort()).toEqual(METRIC_DEFINITIONS.map(({ name }) => name).sort());
    }
    const best = Math.max(...epochs.map((figures) => figures.find(({ name }) => name === 'val:f1')!.value));
    expect(best).toBeGreaterThanOrEqual(0);
    expect(lines.some((line) => line.startsWith('train_epoch=1; '))).toBe(true);
  });

  test('holds out a dev part where no channel brings one', async () => {
    const { code, lines } = await trainNew({ channels: { train: tinyChannels.train } });
    expect(code).toBe(0);
    expect(lines[1]).toMatch(/^corpus: 11 sentences to train on, 1 dev, 0 test/);
  });

  test('measures the test channel', async () => {
    const { root } = await trainNew({ channels: { ...tinyChannels, test: conll(tinySplits.test) } });
    const { manifest } = await openBundle(mlTree(root).model);
    expect(Object.keys(manifest.metrics).sort()).toEqual(['dev', 'test']);
  });

  test('fine-tunes the encoder that a channel brings, and calls it by its name', async () => {
    const root = tempFolder();
    const { data } = await writeSmallMlTree(root, {
      hyperparameters: { epochs: '1', 'train.batchSize': '4', encoder: 'prajjwal1/bert-tiny' },
    });
    await mkdir(data, { recursive: true });
    await writeTinyEncoder(join(data, 'encoder'), 'bert');
    const { code, lines } = await train(root);
    expect([code, lines.filter((line) => line.startsWith('encoder: '))]).toEqual([
      0,
      [expect.stringContaining('bert')],
    ]);
    const { manifest } = await openBundle(mlTree(root).model);
    expect(manifest.recipe['encoder']).toBe('prajjwal1/bert-tiny');
    expect(JSON.stringify(manifest)).not.toContain(root);
  });

  test('leaves sentences of the frozen test set out, says how many, and records it', async () => {
    const frozen = conll([...tinySplits.train.slice(0, 3), ...tinySplits.dev.slice(0, 2), ...tinySplits.test]);
    const { root, lines } = await trainNew({ channels: { ...tinyChannels, frozen } });
    expect(lines[1]).toContain('left out, because they are in the frozen test set: 3 of train, 2 of dev');
    const { manifest } = await openBundle(mlTree(root).model);
    expect(manifest.recipe['frozenTest']).toMatchObject({ leftOut: { train: 3, dev: 2 } });
    expect(manifest.data['train']!.sentences).toBe(tinySplits.train.length - 3);
  });

  test('saves a checkpoint and leaves no model when it is told to end, and goes on from there to the same model', async () => {
    const whole = await trainNew({ hyperparameters: LONG });
    const root = tempFolder();
    const { model, checkpoints } = await writeSmallMlTree(root, { hyperparameters: LONG });
    const broken = await train(root, /^train_epoch=2; /);
    expect(broken.code).toBe(0);
    expect(broken.lines.at(-1)).toMatch(/^stopped: /);
    expect(broken.lines.some((line) => line.startsWith('interrupted: '))).toBe(true);
    expect(existsSync(model)).toBe(false);
    expect(readdirSync(checkpoints).some((name) => name.endsWith('.safetensors'))).toBe(true);
    const rest = await train(root);
    expect(rest.lines.some((line) => line.startsWith('resumed: '))).toBe(true);
    expect((await openBundle(model)).manifest.id).toBe((await openBundle(mlTree(whole.root).model)).manifest.id);
  });

  test('is told to end before it trains: nothing is left, and that is no failure', async () => {
    const root = tempFolder();
    const { model, failure } = await writeSmallMlTree(root);
    const { code, lines } = await train(root, /^tagwright /);
    expect([code, lines.length, existsSync(model), existsSync(failure)]).toEqual([0, 2, false, false]);
  });

  test('fails for checkpoints of other settings', async () => {
    const { root } = await trainNew();
    await writeSmallMlTree(root, { hyperparameters: { ...tinyHyperparameters, epochs: '3' } });
    expect((await train(root)).code).toBe(1);
    expect(failureOf(root)).toMatch(/^E_CHECKPOINT_MISMATCH: /);
  });

  test('fails on a GPU instance without CUDA, before anything is read', async () => {
    const { root, code, lines } = await trainNew({ instanceType: 'ml.g5.xlarge', channels: { train: 'no corpus' } });
    expect([code, lines.length]).toEqual([1, 2]);
    expect(lines[0]).toContain('on ml.g5.xlarge: device cuda');
    expect(failureOf(root)).toMatch(/^E_DEVICE_UNAVAILABLE: device cuda: /);
  });

  test('trains on the CPU of a GPU instance where that is asked for', async () => {
    const hyperparameters = { ...tinyHyperparameters, epochs: '1', device: 'cpu' };
    expect((await trainNew({ instanceType: 'ml.p4d.24xlarge', hyperparameters })).code).toBe(0);
  });

  test('fails with code and place for a bad line, and tells nobody what stands in it', async () => {
    const channels = { ...tinyChannels, train: `${tinyChannels.train}\nmy secret tweet, got you; expected\n` };
    const { root, code, lines } = await trainNew({ channels });
    expect(code).toBe(1);
    expect(failureOf(root)).toMatch(/^E_CORPUS_MALFORMED: .*train\.conll:\d+: /);
    expect([failureOf(root), ...lines].join('\n')).not.toContain('secret');
    // Nothing is logged after the reason.
    expect(lines.at(-1)).toBe(failureOf(root));
  });

  test('repairs tags where that is asked for', async () => {
    const channels = { ...tinyChannels, train: `${tinyChannels.train}\nParis\tI-geo-loc\n` };
    expect((await trainNew({ channels })).code).toBe(1);
    const hyperparameters = { ...tinyHyperparameters, epochs: '1', repair: 'true' };
    expect((await trainNew({ channels, hyperparameters })).code).toBe(0);
  });
});
