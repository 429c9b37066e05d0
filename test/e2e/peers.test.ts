import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { formatFigures, type Samples } from '../bench/figure.ts';
import type { FineTuningJob } from '../bench/fine-tuning-job.ts';
import { dollarsPerMillion } from '../bench/lambda-cost.ts';
import { pairedRounds, roundRatios } from '../bench/paired-rounds.ts';
import { epochFigures } from '../bench/peer-epochs.ts';
import { qualityFigures } from '../bench/peer-quality.ts';
import { stepFigures } from '../bench/peer-steps.ts';
import { taggingFigures } from '../bench/peer-tagging.ts';
import { estimate } from '../../shared/evaluation/standard-error.ts';
import { agreementPercent } from '../bench/tag-agreement.ts';
import { productOperations, stepShapes, type StepShape } from '../bench/step-shape.ts';
import { expectClose } from '../support/close.ts';
import { childResult, startChild } from '../support/run-child.ts';
import { writeSmallCorpus } from '../support/small-corpus.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { writeTinyEncoder } from '../support/tiny-encoder-folder.ts';
import { tolerance } from '../support/tolerance.ts';

const bench = join(import.meta.dirname, '..', 'bench');
const samplesSchema = z.record(z.string(), z.array(z.number().nonnegative()));

async function samplesOf(script: string, args: readonly string[]): Promise<Samples> {
  const { code, stdout, stderr } = await childResult(startChild(pathToFileURL(join(bench, script)), args));
  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
  return samplesSchema.parse(JSON.parse(stdout));
}

describe('paired rounds', () => {
  test('run everybody once a round, forwards and backwards in turn', async () => {
    const order: string[] = [];
    const runs = (name: string) => async (): Promise<Samples> => {
      order.push(name);
      return { time: [order.length] };
    };
    const found = await pairedRounds(3, { a: runs('a'), b: runs('b') });
    expect(order.join('')).toBe('abbaab');
    expect(found).toEqual({
      a: [{ time: [1] }, { time: [4] }, { time: [5] }],
      b: [{ time: [2] }, { time: [3] }, { time: [6] }],
    });
  });

  test('give a ratio of medians each', () => {
    const [slow, fast] = [
      [{ time: [10, 30, 20] }, { time: [8] }],
      [{ time: [5] }, { time: [1, 3] }],
    ];
    expect(roundRatios(slow, fast, 'time')).toEqual([4, 4]);
  });
});

test('an estimate is the mean with its standard error', () => {
  // Deviations 1, -1, 0: the variance is 2 / 2, the error sqrt(1 / 3).
  const { mean, standardError } = estimate([5, 3, 4]);
  expectClose([mean, standardError], [4, Math.sqrt(1 / 3)], tolerance.reference);
});

test('the products of a step are counted', () => {
  const shape = { width: 2, layers: 3, heads: 1, feedForward: 5, batch: 7, length: 11, labels: 13, vocabulary: 17 };
  // A layer and piece: 4 products 2 x 2, 2 products with the 11 pieces of width 2, 2 products 2 x 5; the head is 2 x 13.
  const multiplyAdds = 3 * (16 + 44 + 20) + 26;
  expect(productOperations(shape)).toBe(2 * 3 * multiplyAdds * 77);
  expect(productOperations(stepShapes['BERT-base']) / 1e9).toBeCloseTo(320.7, 1);
});

test('agreement is the share of texts whose labels are all the same', () => {
  const reference = [['0:B-person', '4:I-person'], [], ['2:B-loc'], []];
  expect(agreementPercent([['0:B-person', '4:I-person'], [], ['2:I-loc'], ['0:B-loc']], reference)).toBe(50);
});

test('the cost of a million tweets is that of the memory for so long, and of the messages', () => {
  // 1e6 / 1,000 s on two cores of 1,769 MB: 3,455.1 GB-seconds; 2,500 requests at 0.20 a million are 0.0005.
  expect(dollarsPerMillion('x86', 1_000, 2)).toBeCloseTo((2_000 * 1_769) / 1_024 / 60_000 + 0.0005, 6);
  expect(dollarsPerMillion('arm64', 1_000, 2)).toBeCloseTo((2_000 * 1_769) / 1_024 / 75_000 + 0.0005, 5);
});

describe('figures against peers', () => {
  test('of steps say whether the promises are kept', () => {
    const process = (step: number, memory: number): Samples => ({ step: [step], memory: [memory], base: [100] });
    const rounds = { tagwright: [process(100, 900)], fp32: [process(190, 1_800)], bf16: [process(80, 2_000)] };
    const table = formatFigures(stepFigures('BERT-base, 16 x 39', { rounds, floorMs: 50, atLeast: 2 }));
    const rows = table.split('\n').map((row) => row.replace(/BERT-base, 16 x 39/, '').split(/ {2,}/));
    const cells = Object.fromEntries(rows.map(([what = '', median, , , promised]) => [what, [median, promised]]));
    expect(cells).toMatchObject({
      'step, tagwright': ['100 ms', undefined],
      'step, torch bf16': ['80.0 ms', undefined],
      'step, matrix products alone': ['50.0 ms', undefined],
      'step, torch fp32 / tagwright': ['1.90 x', '>= 2.00 x: BROKEN'],
      'step, torch bf16 / tagwright': ['0.800 x', undefined],
      'step, tagwright / products': ['2.00 x', undefined],
      'the same above the empty process, tagwright': ['800 MiB', undefined],
      'peak memory, torch fp32 / tagwright': ['2.00 x', '>= 1.00 x: kept'],
    });
  });

  test('of tagging are ratios of each round, with the agreement and the cost that follows', () => {
    const run = (tagged: number): readonly Samples[] => [{ tagged: [tagged], memory: [300], pause: [5] }];
    const figures = taggingFigures({
      rounds: { fp32: run(500), int8: run(1_000), torch: run(100), optimum: run(200), tjsQ8: run(400) },
      agreement: [['fp32', 100]],
      threads: 2,
    });
    const found = Object.fromEntries(figures.map(({ name, median, atLeast }) => [name, [median, atLeast]]));
    expect(found).toMatchObject({
      'text to entities, tagwright fp32': [500, undefined],
      'text to entities, transformers, torch': [100, undefined],
      'tagwright fp32 / optimum fp32': [2.5, 2],
      'tagwright int8 / transformers.js q8': [2.5, 3],
      'tweets with the labels of torch fp32, tagwright fp32': [100, undefined],
      'longest delay of the event loop, tagwright int8': [5, undefined],
    });
    expect(Object.keys(found).filter((name) => name.startsWith('cost of a million')).length).toBe(2);
  });

  test('of epochs take the last epoch', () => {
    const run = (epoch: readonly number[]): readonly Samples[] => [{ epoch, memory: [1] }];
    const figures = epochFigures({ tagwright: run([10, 90]), plain: run([20, 30]), grouped: run([40, 45]) });
    expect(figures.map(({ name, median }) => [name, median])).toEqual([
      ['epoch, tagwright', 90],
      ['epoch, torch, plain loop', 30],
      ['epoch, torch, grouped by length', 45],
      ['epoch, tagwright / torch, plain loop', 3],
      ['epoch, tagwright / torch, grouped', 2],
      ['peak memory of fine-tuning, tagwright', 1],
      ['peak memory of fine-tuning, torch', 1],
    ]);
  });

  test.each([
    // Torch: mean 4 with an error of sqrt(1 / 3), which is .577.
    [3.5, true],
    [3.4, false],
    [5, true],
  ])('of quality let our mean (%d) be a standard error below', (ours, kept) => {
    const runs = (values: readonly number[]): Samples[] => values.map((test) => ({ test: [test], dev: [0, test] }));
    const figures = qualityFigures({ torch: runs([5, 3, 4]), tagwright: runs([ours, ours, ours]) });
    const { median, atLeast } = figures.find(({ name }) => name === 'mean test F1, tagwright')!;
    expect(median >= atLeast!).toBe(kept);
  });
});

describe('our side of the comparison', () => {
  const shape: StepShape = {
    width: 8,
    layers: 1,
    heads: 2,
    feedForward: 16,
    batch: 2,
    length: 3,
    labels: 5,
    vocabulary: 50,
  };

  test('runs whole steps', { timeout: 60_000 }, async () => {
    const job = { ...shape, threads: 1, warmUp: 1, steps: 3 };
    const { step, memory, base } = await samplesOf('measure-step.ts', [JSON.stringify(job)]);
    expect([step?.length, memory!.length]).toEqual([3, 1]);
    expect(memory![0]).toBeGreaterThan(base![0]!);
  });

  test('measures matrix products', { timeout: 60_000 }, async () => {
    const { gflops } = await samplesOf('measure-products.ts', [JSON.stringify(shape), '1']);
    expect(Math.min(...gflops!)).toBeGreaterThan(0);
  });

  test('fine-tunes an encoder by the recipe', { timeout: 120_000 }, async () => {
    const folder = tempFolder();
    const [encoder, corpus] = [join(folder, 'encoder'), join(folder, 'corpus')];
    await writeTinyEncoder(encoder, 'bert');
    await writeSmallCorpus(corpus, 40);
    const job: FineTuningJob = {
      encoder,
      corpus,
      order: 'random',
      epochs: 2,
      batch: 16,
      learningRate: 1e-4,
      seed: 0,
      threads: 1,
      evaluate: true,
    };
    const { epoch, dev, test: found } = await samplesOf('measure-fine-tuning.ts', [JSON.stringify(job)]);
    expect([epoch?.length, dev?.length, found?.length]).toEqual([2, 2, 1]);
  });
});
