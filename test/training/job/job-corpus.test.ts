import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createLabelSet } from '../../../shared/labels/label-set.ts';
import { corpusOf, countLabels } from '../../../training/job/job-corpus.ts';
import { collect } from '../../support/collect.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { tinyJob } from '../../support/tiny-encoder-job.ts';
import { tinyCorpus } from '../../support/tiny-training.ts';

test('each repair is said before what is in the corpus', async () => {
  const dir = tempFolder();
  writeFileSync(join(dir, 'train'), 'Ada\tI-person\n\nGrace\tB-person\nHopper\tI-person\n\nParis\tI-person\nis\tO\n');
  writeFileSync(join(dir, 'dev'), 'Bob\tB-person\nis\tO\n');
  const events = await collect(corpusOf(tinyJob(dir, { corpus: { dir }, repair: true })));
  expect(events.map(({ type }) => type)).toEqual(['repaired', 'repaired', 'corpus']);
  expect(events.slice(0, 2)).toEqual([
    { type: 'repaired', message: expect.stringMatching(/train:1: /) as string },
    { type: 'repaired', message: expect.stringMatching(/train:6: /) as string },
  ]);
  expect(events[2]).toMatchObject({ train: 3, dev: 1, test: 0, types: ['person'], devFrom: 'file' });
});

test('labels are counted by their numbers, those that do not occur too', () => {
  const counts = countLabels(tinyCorpus, createLabelSet(['person', 'geo-loc', 'product', 'comet']));
  // O; comet, geo-loc, person, product: B and I of each, counted by hand in the tiny corpus.
  expect(counts).toEqual([46, 0, 0, 5, 2, 7, 2, 4, 2]);
});
