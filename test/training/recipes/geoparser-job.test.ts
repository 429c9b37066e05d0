import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readCorpus } from '../../../training/data/corpus.ts';
import { withRecipe } from '../../../training/job/recipe-corpus.ts';
import { runTraining } from '../../../training/job/run-training.ts';
import type { SettingChange } from '../../../training/job/settings.ts';
import type { JobEvent, RecipeJob } from '../../../training/job/training-job.ts';
import { geoparser } from '../../../training/recipes/geoparser.ts';
import { parseOptions } from '../../../training/recipes/recipe-options.ts';
import { collect } from '../../support/collect.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { lastOf, tinyJob, writeTinyJob } from '../../support/tiny-encoder-job.ts';

const fixtures = join(import.meta.dirname, '..', '..', 'fixtures', 'recipes', 'geoparser');

let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tagwright-test-'));
  await writeTinyJob(folder);
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** A job on the fixture with the tiny encoder. */
function job(name: string, options: object, changes: readonly SettingChange[] = []): RecipeJob {
  const asked = tinyJob(folder, {
    out: join(folder, name),
    // So few sentences leave types of dev out of train.
    allowUnseenTypes: true,
    changes: [['train.epochs', 1], ...changes],
  });
  const given: Readonly<Record<string, unknown>> = { validation: 0.2, ...options };
  return { ...asked, corpus: { recipe: 'geoparser', path: fixtures, options: given, asPublished: true } };
}

test.each(['windows-1252', 'latin-1'])(
  'words of %s are the same after the splits were written as CoNLL',
  async (encoding) => {
    const options = { encoding, validation: 0.2 };
    const prepared = withRecipe(job('none', options), { kind: 'encoder', folder: tempFolder() });
    const { value: event } = await prepared.next();
    const { dir } = event as Extract<JobEvent, { type: 'prepared' }>;
    const written = readCorpus({ dir });
    const read = await geoparser.read(fixtures, parseOptions(geoparser, options), { repair: false });
    for (const split of ['train', 'dev', 'test'] as const) {
      const texts = written[split]!.map(({ words, tags }) => ({ words, tags }));
      expect(texts).toEqual(read[split]!.map(({ words, tags }) => ({ words, tags })));
    }
    expect(written.overlap).toEqual({ trainDev: 0, trainTest: 0, devTest: 0 });
    const words = [...written.train, ...written.dev, ...written.test!].flatMap((sentence) => sentence.words);
    expect(words).toContain(encoding === 'latin-1' ? '\u0085' : '\u2026');
    expect(words).toContain('5\u00a0storm');
  },
);

describe('training on the fixture', () => {
  test.each<readonly [string, object, readonly SettingChange[]]>([
    ['plain', {}, []],
    ['balanced', {}, [['loss.classWeights', 'balanced']]],
    ['convolution', { types: 'places' }, [['model.head.kind', 'convolution']]],
  ])(
    '%s',
    async (name, options, changes) => {
      const asked = job(name, options, changes);
      const events = await collect(runTraining(asked, new AbortController().signal));
      const { differences, dir } = lastOf(events, 'prepared');
      expect(differences[0]).toBe("all splits together have 42 sentences, where the recipe's own data has 47959");
      expect(existsSync(join(dir, 'test.conll'))).toBe(true);
      const manifest = JSON.parse(readFileSync(join(asked.out, 'manifest.json'), 'utf8')) as { recipe: unknown };
      expect(manifest.recipe).toMatchObject({
        recipe: { name: 'geoparser', options: { seed: 1, types: 'all', ...options } },
      });
      const report = readFileSync(join(asked.out, 'report.html'), 'utf8');
      for (const part of ['Confidence by tag', 'As the geoparser notebook measured: test', 'micro with O']) {
        expect(report).toContain(part);
      }
    },
    60_000,
  );
});
