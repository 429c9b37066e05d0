import { expect, test } from 'vitest';
import { createPieceInput } from '../../../shared/features/piece-input.ts';
import { measureWindows } from '../../../training/job/measure-windows.ts';
import { characterPieces } from '../../support/character-pieces.ts';

test('counts sentences of more than one window, and words that no window has', async () => {
  const input = createPieceInput(characterPieces, 6);
  const sentences = [['ab', 'cd'], ['ab', 'cd', 'e'], ['1', 'a', '2'], ['3'], []].map((words) => ({ words }));
  expect(await measureWindows(input, sentences)).toEqual({ longSentences: 1, unseenWords: 3 });
});

test('counts nothing where there is nothing', async () => {
  expect(await measureWindows(createPieceInput(characterPieces, 6), [])).toEqual({ longSentences: 0, unseenWords: 0 });
});
