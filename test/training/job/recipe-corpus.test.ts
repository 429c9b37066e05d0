import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readConll } from '../../../shared/corpus/conll.ts';
import { withRecipe, type RecipeRun } from '../../../training/job/recipe-corpus.ts';
import { runTraining } from '../../../training/job/run-training.ts';
import { defaultSettings, withSettings } from '../../../training/job/settings.ts';
import type { JobEvent, RecipeJob, RecipeSource, TrainingJob } from '../../../training/job/training-job.ts';
import type { Appendix } from '../../../training/report/appendix.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { lastOf, manifestOf, tinyJob, writeTinyJob } from '../../support/tiny-encoder-job.ts';

const names = ['Ada', 'Grace', 'Alan', 'Edsger', 'Barbara', 'Tim', 'Ken', 'Kurt', 'John', 'Bob'];
const sentences = (of: readonly string[]): string => of.map((name) => `${name}\tB-person\nis\tO\nhere\tO\n\n`).join('');

function corpusFolder(files: Readonly<Record<string, string>>): string {
  const folder = join(tempFolder(), 'corpus');
  mkdirSync(folder);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

type Source = Partial<RecipeSource> & { readonly path: string };

function recipeJob({ path, ...source }: Source, more: Partial<TrainingJob> = {}): RecipeJob {
  const rest = tinyJob(path, more);
  const own = { recipe: 'twitter-wnut16', path, options: {}, asPublished: false, ownVectors: false, ...source };
  return { ...rest, corpus: own, changes: more.changes ?? [] };
}

interface Prepared {
  readonly events: readonly Extract<JobEvent, { readonly type: 'prepared' }>[];
  readonly run: RecipeRun<TrainingJob>;
}

async function prepare(
  job: RecipeJob | TrainingJob,
  folder = tempFolder(),
  kind: 'encoder' | 'words' = 'words',
): Promise<Prepared> {
  const events: Prepared['events'][number][] = [];
  const preparing = withRecipe(job, { kind, folder });
  for (;;) {
    const { done, value } = await preparing.next();
    if (done === true) return { events, run: value };
    events.push(value);
  }
}

describe('withRecipe', () => {
  test('gives a job without a recipe back as it is', async () => {
    const job = tinyJob('x');
    const { events, run } = await prepare(job);
    expect(events).toEqual([]);
    expect(run).toEqual({ job, recipe: {}, appendices: undefined });
    expect(run.job).toBe(job);
  });

  test('leaves CoNLL files where they are, and says what is in them and how that differs from what is expected', async () => {
    const path = corpusFolder({ train: sentences(names.slice(2)), dev: sentences(names.slice(0, 2)) });
    const { events, run } = await prepare(recipeJob({ path }));
    expect(run.job.corpus).toEqual({ train: join(path, 'train'), dev: join(path, 'dev') });
    const [{ recipe, differences, notices, dir } = expect.fail('said nothing')] = events;
    expect([recipe, notices]).toEqual(['twitter-wnut16', []]);
    expect(differences).toContain("train has 8 sentences, where the recipe's own data has 2394");
    expect(readdirSync(dir)).toEqual(['prepared.json']);
    const counts = { train: { sentences: 8, tokens: 24, entities: 8 }, dev: { sentences: 2, tokens: 6, entities: 2 } };
    expect(JSON.parse(readFileSync(join(dir, 'prepared.json'), 'utf8'))).toEqual({
      recipe: 'twitter-wnut16',
      options: {},
      counts,
      differences,
      notices,
    });
  });

  test('writes splits that are no files, by the hash of what they hold', async () => {
    const folder = tempFolder();
    const train = corpusFolder({ train: sentences(names) });
    const first = await prepare(recipeJob({ path: train }), folder);
    const { dir } = first.events[0]!;
    expect(dir).toMatch(/corpus.twitter-wnut16-[0-9a-f]{12}$/);
    expect(first.run.job.corpus).toEqual({ train: join(dir, 'train.conll'), dev: join(dir, 'dev.conll') });
    const read = (name: string): string[] =>
      readConll({ name, text: readFileSync(join(dir, name), 'utf8') }).map(({ words }) => words[0]!);
    // All sentences are in one of the two.
    expect([...read('train.conll'), ...read('dev.conll')].sort()).toEqual([...names].sort());
    // As for --resume: the same files are the same splits in the same place, others are not.
    expect((await prepare(recipeJob({ path: train }), folder)).events[0]!.dir).toBe(dir);
    const other = corpusFolder({ train: sentences([...names, 'Don']) });
    expect((await prepare(recipeJob({ path: other }), folder)).events[0]!.dir).not.toBe(dir);
  });

  test("puts the recipe's settings before those of the job", async () => {
    const path = corpusFolder({ train: sentences(names.slice(2)), dev: sentences(names.slice(0, 2)) });
    const settings = async (changes: TrainingJob['changes'] = []): Promise<ReturnType<typeof withSettings>> =>
      withSettings(defaultSettings.words, (await prepare(recipeJob({ path }, { changes }))).run.job.changes!);
    expect((await settings()).model).toMatchObject({ encoder: 'bilstm' });
    const changed = await settings([
      ['model.encoder', 'window'],
      ['train.averaging', null],
    ]);
    expect(changed.model).toMatchObject({ encoder: 'window' });
    expect(changed.train).toMatchObject({ averaging: null, epochs: 8 });
    const { run } = await prepare(recipeJob({ path }), tempFolder(), 'encoder');
    expect(withSettings(defaultSettings.encoder, run.job.changes!).loss.kind).toBe('crf');
  });

  test('a run is known by recipe and options, and not by the metric', async () => {
    const path = corpusFolder({ train: sentences(names.slice(2)), dev: sentences(names.slice(0, 2)) });
    const [plain, old] = [await prepare(recipeJob({ path })), await prepare(recipeJob({ path, asPublished: true }))];
    expect(plain.run.recipe).toEqual({ recipe: { name: 'twitter-wnut16', options: {} } });
    expect(old.run.recipe).toEqual(plain.run.recipe);
  });

  test('fails for another recipe, an option that there is not, and files that are malformed', async () => {
    const path = corpusFolder({ train: 'Ada B-person x\nis Q\n' });
    await expect(prepare(recipeJob({ path, recipe: 'x' }))).rejects.toMatchObject({ code: 'E_USAGE' });
    await expect(prepare(recipeJob({ path, options: { a: 1 } }))).rejects.toMatchObject({ code: 'E_USAGE' });
    await expect(prepare(recipeJob({ path }))).rejects.toMatchObject({
      code: 'E_CORPUS_MALFORMED',
      message: expect.stringContaining(`${join(path, 'train')}:`) as string,
    });
  });
});

test(
  'a recipe trains an encoder, and its report has the old metric by the pieces of that encoder',
  { timeout: 60_000 },
  async () => {
    const folder = tempFolder();
    await writeTinyJob(folder);
    const changes: TrainingJob['changes'] = [
      ['train.epochs', 1],
      ['model.words', { width: 4, layers: 1, characterFilters: 2 }],
    ];
    const { encoder, ...rest } = tinyJob(folder);
    const out = join(folder, 'bundle');
    const source: RecipeSource = {
      recipe: 'twitter-wnut16',
      path: join(folder, 'corpus'),
      options: {},
      asPublished: true,
      ownVectors: false,
    };
    const events: JobEvent[] = [];
    for await (const event of runTraining({ ...rest, encoder, out, corpus: source, changes })) events.push(event);
    expect(events[0]!.type).toBe('prepared');
    const manifest = JSON.parse(manifestOf(out)) as { readonly recipe: object };
    expect(manifest.recipe).toMatchObject({ recipe: { name: 'twitter-wnut16' }, loss: { kind: 'crf' } });
    const report = JSON.parse(readFileSync(join(out, 'report.json'), 'utf8')) as { readonly appendices: Appendix[] };
    const [{ title, blocks } = expect.fail('no appendix')] = report.appendices;
    expect(title).toBe('As the Twitter NER notebook measured');
    const [figures] = blocks;
    const counted = figures?.kind === 'table' ? figures.rows.at(-1)! : expect.fail('no table');
    const { support } = lastOf(events, 'exported').reports['test']!.entity.default.micro;
    expect(counted[3]).toBe(String(support));
    // Names of the tiny corpus are cut into several pieces.
    expect(Number(counted[2])).toBeGreaterThan(support);
  },
);
