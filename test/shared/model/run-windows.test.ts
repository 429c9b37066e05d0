import { expect, test } from 'vitest';
import { createPieceInput } from '../../../shared/features/piece-input.ts';
import { listed } from '../../../shared/model/emitter.ts';
import { runWindows, type RunWindow } from '../../../shared/model/run-windows.ts';
import type { Session } from '../../../shared/ort/session.ts';
import { characterPieces } from '../../support/character-pieces.ts';

const input = createPieceInput(characterPieces, 8);

/** Scores of a piece: its id. */
const byId: Session['run'] = async ({ input_ids: ids }) => ({
  logits: { dtype: 'float32', dims: [...ids!.dims, 1], data: Float32Array.from(ids!.data as BigInt64Array, Number) },
});

async function found(sentences: readonly (readonly string[])[]): Promise<readonly RunWindow[]> {
  const windows: RunWindow[] = [];
  await runWindows(listed(sentences), (one) => void windows.push(one), { run: byId, input, labels: 1, concurrency: 2 });
  return windows.sort((a, b) => a.sentence - b.sentence);
}

test('gives each window its own scores, and says of which sentences the graph sees nothing', async () => {
  const windows = await found([['ab'], [], ['1', '2'], ['c']]);
  expect(windows.map(({ sentence, words, scores, window }) => [sentence, words, [...scores], window?.length])).toEqual([
    [0, 1, [1, 97, 98, 2], 4],
    [2, 2, [], undefined],
    [3, 1, [1, 99, 2], 3],
  ]);
});

test('waits for a visitor that takes its time before the batch is over', async () => {
  let now = 0;
  let most = 0;
  const visit = async (): Promise<void> => {
    most = Math.max(most, ++now);
    await new Promise((resolve) => setImmediate(resolve));
    now--;
  };
  const sentences = Array.from({ length: 20 }, () => ['a']);
  await runWindows(listed(sentences), visit, { run: byId, input, labels: 1, concurrency: 3, maxRows: 2 });
  expect(most).toBe(3);
});

test('fails with what a visitor throws, and runs nothing after it', async () => {
  let runs = 0;
  const counted: Session['run'] = (feeds, outputs) => {
    runs++;
    return byId(feeds, outputs);
  };
  const visit = (): void => {
    throw new Error('no room');
  };
  const sentences = Array.from({ length: 40 }, () => ['a']);
  const options = { run: counted, input, labels: 1, concurrency: 2, maxRows: 1 };
  await expect(runWindows(listed(sentences), visit, options)).rejects.toThrow('no room');
  expect(runs).toBeLessThanOrEqual(2);
});
