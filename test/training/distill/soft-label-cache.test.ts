import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { labelCached } from '../../../training/distill/soft-label-cache.ts';
import type { SoftLabels, Teacher } from '../../../training/distill/teacher.ts';
import { codeOf } from '../../support/error-code.ts';
import { tempFolder } from '../../support/temp-folder.ts';

type Sentences = readonly (readonly string[])[];

/** A teacher of two labels that says of a word how long it is, and counts the sentences that it was asked about. */
function countingTeacher(id = '0123456789abcdef'): Pick<Teacher, 'manifest' | 'label'> & { asked: number } {
  const manifest = { id, labels: ['O', 'B-x'] } as unknown as Teacher['manifest'];
  const teacher = {
    manifest,
    asked: 0,
    label: async (sentences: Sentences) => {
      teacher.asked += sentences.length;
      return sentences.map((words) => ({ logits: Float16Array.from(words.flatMap((word) => [-word.length, -0.5])) }));
    },
  };
  return teacher;
}

async function labelAll(
  teacher: Pick<Teacher, 'manifest' | 'label'>,
  sentences: Sentences,
  folder: string,
): Promise<readonly SoftLabels[]> {
  const labelling = labelCached({ teacher, sentences, folder });
  for (;;) {
    const next = await labelling.next();
    if (next.done === true) return next.value;
  }
}

/** More than one file holds. */
const sentences: Sentences = Array.from({ length: 1500 }, (_, i) =>
  Array.from({ length: i % 4 }, (_, j) => `w${i + j}`),
);

describe('labelCached', () => {
  test('asks the teacher once, and gives the same labels to the last bit afterwards', async () => {
    const folder = join(tempFolder(), 'soft');
    const teacher = countingTeacher();
    const first = await labelAll(teacher, sentences, folder);
    expect(teacher.asked).toBe(1500);
    expect(first.map(({ logits }) => logits.length)).toEqual(sentences.map((words) => words.length * 2));
    expect(await labelAll(teacher, sentences, folder)).toEqual(first);
    expect(teacher.asked).toBe(1500);
  });

  test('goes on where it was left', async () => {
    const folder = join(tempFolder(), 'soft');
    const teacher = countingTeacher();
    const labelling = labelCached({ teacher, sentences, folder });
    expect((await labelling.next()).value).toEqual({ done: 1024, total: 1500 });
    await labelling.return([]);
    await labelAll(teacher, sentences, folder);
    expect(teacher.asked).toBe(1500);
  });

  test('asks again for other words, by another teacher, and where a file is damaged; old files go', async () => {
    const folder = join(tempFolder(), 'soft');
    const teacher = countingTeacher();
    await labelAll(teacher, sentences, folder);
    const before = readdirSync(folder);
    const others = [['another'], ...sentences.slice(1)];
    expect((await labelAll(teacher, others, folder))[0]!.logits).toEqual(Float16Array.of(-7, -0.5));
    // The second file is of the same words.
    expect(teacher.asked).toBe(1500 + 1024);
    expect(readdirSync(folder).filter((name) => before.includes(name))).toHaveLength(1);

    const second = countingTeacher('fedcba9876543210');
    await labelAll(second, others, folder);
    expect(second.asked).toBe(1500);

    const [file] = readdirSync(folder).map((name) => join(folder, name));
    const whole = readFileSync(file!);
    writeFileSync(file!, whole.subarray(0, whole.length - 2));
    const again = countingTeacher('fedcba9876543210');
    expect(await labelAll(again, others, folder)).toHaveLength(1500);
    expect([1024, 476]).toContain(again.asked);
    expect(readFileSync(file!)).toEqual(whole);
  });

  test('does not make a folder for nothing', async () => {
    const folder = join(tempFolder(), 'soft');
    expect(await labelAll(countingTeacher(), [], folder)).toEqual([]);
    expect(existsSync(folder)).toBe(false);
  });

  test('fails when the folder cannot be written', async () => {
    const folder = join(tempFolder(), 'soft');
    writeFileSync(folder, 'a file');
    expect(await codeOf(() => labelAll(countingTeacher(), sentences, join(folder, 'labels')))).toBe(
      'E_FILE_UNWRITABLE',
    );
  });
});
