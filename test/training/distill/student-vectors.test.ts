import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readStudentVectors } from '../../../training/distill/student-vectors.ts';
import { tempFolder } from '../../support/temp-folder.ts';

test('keeps the words that tweets have most, then those that the file lists first, with their ranks', async () => {
  const file = join(tempFolder(), 'vectors.txt');
  const words = ['the', 'of', 'lisbon', 'storm', 'zebra', 'quark'];
  writeFileSync(file, words.map((word, i) => `${word} ${i + 1} ${-2 * (i + 1)}`).join('\n'));
  const sentences = [
    ['#Storm', 'in', 'LISBON'],
    ['storm', '!'],
    ['@quark', 'http://zebra.example'],
  ];
  const table = await readStudentVectors(file, { sentences, words: 4 });
  expect([...table.index.keys()]).toEqual(['storm', 'lisbon', 'the', 'of']);
  expect([...table.ranks]).toEqual([3, 2, 0, 1]);
  expect(table.dim).toBe(2);
  expect([...table.quantized!.codes]).toEqual([64, -127, 64, -127, 64, -127, 64, -127]);
  expect(table.values[1]).toBe(-8);
});

test('keeps no more than there are', async () => {
  const file = join(tempFolder(), 'vectors.txt');
  writeFileSync(file, 'the 1 2\nof 3 4\n');
  expect((await readStudentVectors(file, { sentences: [], words: 10 })).index.size).toBe(2);
});
