import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  analyseComments,
  type Analysis,
  type AnalysisEvent,
  type AnalysisJob,
} from '../../../training/analysis/analyse-comments.ts';
import { labelReading } from '../../../training/analysis/label-reading.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { runJob, tinyJob, writeTinyJob } from '../../support/tiny-encoder-job.ts';

const STARTER = join(import.meta.dirname, '..', '..', '..', 'models', 'starter');

const HEADER =
  'ID,Date,Author,Likes,Replies,Comment,Relevance,Polarity,Feature request,Problem report,Efficiency,Safety\n';

let folder = '';

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tagwright-analysis-'));
  mkdirSync(join(folder, 'job'));
  await writeTinyJob(join(folder, 'job'));
  // Enough to know by heart what the tweets of its corpus name.
  await runJob(tinyJob(join(folder, 'job'), { changes: [['train.epochs', 30]] }));
}, 60_000);

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

function commentsFile(rows: readonly string[]): string {
  const file = join(tempFolder(), 'comments.csv');
  writeFileSync(file, HEADER + rows.map((row) => `${row}\n`).join(''));
  return file;
}

async function run(job: Partial<AnalysisJob> & Pick<AnalysisJob, 'comments'>) {
  const model = join(folder, 'job', 'bundle');
  const all = analyseComments({ model, isSet: labelReading(), threads: 1, ...job });
  const events: AnalysisEvent[] = [];
  for (;;) {
    const next = await all.next();
    if (next.done === true) return { events, analysis: next.value };
    events.push(next.value);
  }
}

const ROWS = [
  'c1,2021-03-01,ann,3,0,Ada Lovelace is in Paris,1,,1,,,',
  'c2,2021-03-01,bob,1,0,"I love Paris\nin the rain",1,,,1,,',
  'c3,2021-03-01,bob,1,0,my iPhone fell in New York,1,,,1,,',
  'c4,2021-03-01,cy,0,0,lol,,,,,,',
];

const found = ({ mentions }: Analysis): readonly string[] =>
  mentions.map(({ comment, entity, form }) => `${comment.id} ${entity.type} ${entity.text} > ${form}`);

test('comments are tagged, names compared by their contexts too, and every step is told', async () => {
  const { events, analysis } = await run({ comments: commentsFile(ROWS) });
  expect(events).toEqual([
    { type: 'read', comments: 4, notices: [] },
    { type: 'tagged', comments: 4, total: 4, entities: analysis.mentions.length },
    {
      type: 'grouped',
      names: new Set(found(analysis).map((text) => text.split('>')[1])).size,
      groups: analysis.names.groups.length,
      notices: [],
    },
  ]);
  expect(found(analysis)).toContain('c1 geo-loc Paris > paris');
  expect(found(analysis)).toContain('c2 geo-loc Paris > paris');
  expect(analysis.lettersOnly).toBeUndefined();
  for (const { comment, entity } of analysis.mentions) {
    expect(comment.text.slice(entity.start, entity.end)).toBe(entity.text);
  }
});

test('comments that are tagged in parts give what they give together', async () => {
  // More than are tagged at once, the first comment of the second part among them.
  const rows = Array.from(
    { length: 300 },
    (_, i) => `c${i},2021-03-01,a${i},${i},0,I love Paris in the rain ${i},,,,,,`,
  );
  const { events, analysis } = await run({ comments: commentsFile(rows) });
  const tagged = events.filter((event) => event.type === 'tagged');
  expect(tagged.map(({ comments }) => comments)).toEqual([256, 300]);
  const paris = analysis.names.groupOf({ type: 'geo-loc', form: 'paris' });
  expect(paris.names[0]!.name.comments).toBe(300);
});

test('the same comments give the same groups', async () => {
  const comments = commentsFile(ROWS);
  const [first, again] = [await run({ comments }), await run({ comments })];
  expect(again.analysis.names.groups).toEqual(first.analysis.names.groups);
});

test('a model without a transformer compares letters alone, and says so', async () => {
  const { events, analysis } = await run({ comments: commentsFile(ROWS), model: STARTER });
  const why = 'the model has no transformer encoder';
  expect(events).toContainEqual({ type: 'letters-only', why });
  expect(analysis.lettersOnly).toBe(why);
});

test('what a person decided wins, and is told where it decides nothing', async () => {
  const merges = join(tempFolder(), 'merges.csv');
  writeFileSync(merges, 'type,group,name,decided by\ngeo-loc,city of light,paris,person\ngeo-loc,rome,roma,person\n');
  const { analysis } = await run({ comments: commentsFile(ROWS), merges });
  expect(analysis.names.groupOf({ type: 'geo-loc', form: 'paris' }).title).toBe('city of light');
  expect(analysis.notices).toEqual([`${merges}:3: no comment names 'roma' of type geo-loc; the row decides nothing`]);
});

test('fails when comments, merges or model cannot be read', async () => {
  const comments = commentsFile(ROWS);
  await expect(run({ comments: commentsFile([]) })).rejects.toMatchObject({ code: 'E_CORPUS_EMPTY' });
  await expect(run({ comments: commentsFile(['c1,2021,ann']) })).rejects.toMatchObject({ code: 'E_CORPUS_MALFORMED' });
  await expect(run({ comments, merges: 'nowhere.csv' })).rejects.toMatchObject({ code: 'E_FILE_UNREADABLE' });
  await expect(run({ comments, model: 'nowhere' })).rejects.toMatchObject({ code: 'E_BUNDLE_MISSING' });
});
