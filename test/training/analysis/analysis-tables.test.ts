import { parse } from 'csv-parse/sync';
import { expect, test } from 'vitest';
import { analysisMergesCsv, entitiesCsv, summaryCsv } from '../../../training/analysis/analysis-tables.ts';
import { analysed } from '../../support/analysed-comments.ts';

const analysis = analysed([
  { text: '🚗 [Nimbus Air|PROD] please', author: 'ann', likes: 5, labels: { 'Feature request': '1' } },
  { text: '[NimbusAir|PROD],\n[@acme|ORG]', author: 'bob', likes: 2, labels: { Polarity: '=bad' } },
]);

const records = (text: string): readonly Record<string, string>[] => parse(text, { columns: true });

test('a row a mention, whose offsets survive emoji, under the labels of the comment', () => {
  expect([...entitiesCsv(analysis)].join('')).toBe(
    'comment,line,type,text,start,end,startCp,endCp,score,group,Relevance,Polarity,Feature request,Problem report,Efficiency,Safety\n' +
      'c1,2,PROD,Nimbus Air,3,13,2,12,0.9000,nimbus air,,,1,,,\n' +
      `c2,3,PROD,NimbusAir,0,9,0,9,0.9000,nimbus air,,'=bad,,,,\n` +
      `c2,3,ORG,'@acme,11,16,11,16,0.9000,acme,,'=bad,,,,\n`,
  );
});

test('without a mention there is the header alone', () => {
  expect([...entitiesCsv({ ...analysis, mentions: [] })].join('').split('\n')).toHaveLength(2);
});

test('a row for each part of the comments and each group in it', () => {
  const rows = records(summaryCsv(analysis)).map((row) => Object.values(row).join(' | '));
  expect(rows).toContain('all |  | all | PROD | nimbus air | Nimbus Air | 2 | 2 | 2 | 7');
  expect(rows).toContain('Feature request |  | set | PROD | nimbus air | Nimbus Air | 1 | 1 | 1 | 5');
  expect(rows).toContain('Feature request | 1 | set | PROD | nimbus air | Nimbus Air | 1 | 1 | 1 | 5');
  expect(rows).toContain(`Polarity | '=bad | set | ORG | acme | '@acme | 1 | 1 | 1 | 2`);
  expect(rows.filter((row) => row.startsWith('Safety') && row.includes('| set |'))).toEqual([]);
});

test('what a person decided of a name that no comment has is kept', () => {
  const row = { type: 'ORG', group: 'acme', name: 'acme inc', decidedBy: 'person', file: 'f', line: 2 } as const;
  const names = records(analysisMergesCsv({ ...analysis, decisions: [row] }));
  expect(names.map(({ name, group, 'decided by': by }) => [name, group, by])).toEqual([
    ['nimbus air', 'nimbus air', 'machine'],
    ['nimbusair', 'nimbus air', 'machine'],
    ['acme', 'acme', 'machine'],
    ['acme inc', 'acme', 'person'],
  ]);
});
