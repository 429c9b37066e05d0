import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { float32, gradients, optimize, print, reduceSum, softplus, trace } from '../../training/engine/index.ts';

const root = new URL('../../', import.meta.url);
const page = readFileSync(new URL('docs/adding-an-op.md', root), 'utf8');
const quotes = [...page.matchAll(/^```ts\n\/\/ (\S+)\n(.*?)^```$/gms)].map(([, file, code]) => ({ file, code }));

test('docs/adding-an-op.md quotes the row, the case and the call', () => {
  expect(quotes.map(({ file }) => file)).toEqual([
    'training/engine/ops/activation.ts',
    'test/support/op-cases.ts',
    'training/engine/tensor.ts',
  ]);
});

test.each(quotes)('docs/adding-an-op.md quotes $file as it is', ({ file, code }) => {
  expect(readFileSync(new URL(file!, root), 'utf8')).toContain(code);
});

test('docs/adding-an-op.md shows the graph as it is printed', () => {
  const graph = trace('loss', { x: float32('B') }, ({ x }) => {
    const loss = reduceSum(softplus(x)); // []
    return { loss, d_x: gradients(loss, { x: x }).x };
  });
  expect(page).toContain(print(optimize(graph)));
});
