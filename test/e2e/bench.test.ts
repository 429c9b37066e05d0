import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { figureOf, formatFigures, joinSamples } from '../bench/figure.ts';
import { childResult, startChild } from '../support/run-child.ts';

const main = pathToFileURL(join(import.meta.dirname, '..', 'bench', 'main.ts'));
const reportSchema = z.object({
  command: z.string(),
  date: z.iso.datetime(),
  machine: z.object({ cpu: z.string(), cores: z.int(), node: z.literal(process.version), onnxruntime: z.string() }),
  figures: z.array(
    z.object({ name: z.string(), unit: z.string(), median: z.number(), min: z.number(), max: z.number() }),
  ),
});

describe('figures', () => {
  const rate = { name: 'rate', unit: 'tweets/s', data: 'sample', atLeast: 2_000 } as const;

  test.each([
    [[3, 1, 2], { median: 2, min: 1, max: 3, runs: 3 }],
    [[4, 1, 2, 3], { median: 2.5, min: 1, max: 4, runs: 4 }],
    [[7], { median: 7, min: 7, max: 7, runs: 1 }],
  ])('are the median and the range of all runs (%j)', (values, expected) => {
    expect(figureOf(rate, values)).toEqual({ ...rate, ...expected });
  });

  test('of several processes are put together', () => {
    expect(joinSamples({ a: [1], b: [2] }, { a: [3, 4] })).toEqual({ a: [1, 3, 4], b: [2] });
  });

  test('are a table that says whether what was promised is kept', () => {
    const memory = { name: 'memory', unit: 'MiB', data: 'sample' } as const;
    const figures = [figureOf(rate, [1_999, 12_345.6, 3_000]), figureOf(rate, [1_500]), figureOf(memory, [1.2345])];
    expect(formatFigures(figures)).toBe(
      [
        'what    data            median       min .. max  runs                   promised',
        'rate    sample  3,000 tweets/s  1,999 .. 12,346     3    >= 2,000 tweets/s: kept',
        'rate    sample  1,500 tweets/s   1,500 .. 1,500     1  >= 2,000 tweets/s: BROKEN',
        'memory  sample        1.23 MiB     1.23 .. 1.23     1',
        '',
      ].join('\n'),
    );
  });

  test('fail without a run', () => {
    expect(() => figureOf(rate, [])).toThrow("no run of 'rate'");
  });
});

describe('npm run bench', () => {
  test('trains a model, measures and prints nothing but JSON', { timeout: 180_000 }, async () => {
    const { code, stdout, stderr } = await childResult(startChild(main, ['parts', '--json']));
    expect({ code, stderr: stderr.replaceAll(/^.*Warning.*$/gm, '').trim() }).toEqual({ code: 0, stderr: '' });
    const { command, figures } = reportSchema.parse(JSON.parse(stdout));
    expect(command).toBe('npm run bench -- parts');
    expect(figures.map(({ name }) => name)).toContain('part: graph, one thread');
    for (const { min, median, max } of figures)
      expect([min > 0, min <= median, median <= max]).toEqual([true, true, true]);
  });

  test.each([[['speed']], [['--peers']], [['stream', '--peers']], [['train', '--quality']], [['tag', '--int8', 'x']]])(
    'fails with the usage for what it cannot measure (%j)',
    async (args) => {
      const { code, stdout, stderr } = await childResult(startChild(main, args));
      expect([code, stdout]).toEqual([2, '']);
      expect(stderr).toContain(
        'usage: npm run bench -- [train|tag|stream|start|parts|functions ...] [--model DIR] [--json] [--out FILE]',
      );
      expect(stderr).toContain('npm run bench -- train --peers [--quality] [--json] [--out FILE]');
      expect(stderr).toContain('npm run bench -- tag --peers [--model DIR] [--int8 DIR] [--json] [--out FILE]');
    },
  );
});
