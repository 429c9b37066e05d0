import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createRng } from '../../../shared/random.ts';
import { parseOptions } from '../../../training/recipes/recipe-options.ts';
import type { RecipeCorpus } from '../../../training/recipes/recipe.ts';
import { twitterWnut16 } from '../../../training/recipes/twitter-wnut16.ts';
import { createHyperband } from '../../../training/tune/hyperband.ts';
import { valuesOf } from '../../../training/tune/space.ts';
import { history } from '../../support/synthetic-trial.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const GOOD = 'Ada\tB-person\nis\tO\nhere\tO\n\nrain\tO\n';

/** A folder with these files. */
function corpusFolder(files: Readonly<Record<string, string>>): string {
  const folder = tempFolder();
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

const read = (folder: string, repair = false): Promise<RecipeCorpus> =>
  twitterWnut16.read(folder, parseOptions(twitterWnut16, {}), { repair });

describe('twitter-wnut16', () => {
  test('leaves files of splits where they are', async () => {
    const folder = corpusFolder({ train: GOOD, dev: 'wind\tO\n', test: 'Bob\tB-person\nran\tO\n' });
    const { train, dev, test: held, files } = await read(folder);
    expect([train.length, dev.length, held?.length]).toEqual([2, 1, 1]);
    expect(files).toEqual({ train: join(folder, 'train'), dev: join(folder, 'dev'), test: join(folder, 'test') });
  });

  test('has no files where a dev part was held out', async () => {
    const { train, dev, test: held, files } = await read(corpusFolder({ 'train.txt': `${GOOD}\nwind\tO\n` }));
    expect([train.length, dev.length, held, files]).toEqual([2, 1, undefined, undefined]);
  });

  test('fails for a malformed file, by file and line', async () => {
    const folder = corpusFolder({ train: GOOD, dev: 'wind\tO\n\nBob\tB-person\nran\tX-person\n' });
    await expect(read(folder)).rejects.toMatchObject({
      code: 'E_CORPUS_MALFORMED',
      message: expect.stringContaining(`${join(folder, 'dev')}:4: `) as string,
    });
    await expect(read(corpusFolder({ dev: GOOD }))).rejects.toMatchObject({ code: 'E_CORPUS_NO_TRAIN' });
  });

  test('fails for a tag that continues nothing, unless it is to be put right', async () => {
    const folder = corpusFolder({ train: GOOD, dev: 'wind\tO\nBob\tI-person\n' });
    await expect(read(folder)).rejects.toMatchObject({
      message: expect.stringContaining(`${join(folder, 'dev')}:2: `) as string,
    });
    expect((await read(folder, true)).dev[0]!.tags).toEqual(['O', 'B-person']);
  });

  test("searches what the notebook searched: 10 rounds and 31 epochs of Hyperband with Tagwright's default factor", () => {
    const { dimensions, maxEpochs } = twitterWnut16.space!;
    expect(valuesOf(dimensions['model.dropout']!)).toEqual([0.1, 0.2, 0.3, 0.4, 0.5]);
    expect(valuesOf(dimensions['train.learningRate']!)).toEqual([1e-5, 3e-5, 5e-5]);
    const search = createHyperband({ space: dimensions, maxEpochs, factor: 3, iterations: 1, rng: createRng(1) });
    const finished = history(search, (number) => number / 20);
    expect(search.planned).toEqual({ rounds: 10, epochs: 31 });
    expect(finished).toHaveLength(10);
    // 15 pairs of values are enough for its eight trials.
    const tried = new Set(finished.map(({ trial }) => JSON.stringify(trial.values)));
    expect(tried.size).toBe(8);
  });
});
