import { describe, expect, test } from 'vitest';
import { appendixSection, type Appendix, type ChartBlock } from '../../../training/report/appendix.ts';
import { reportData } from '../../../training/report/report-data.ts';
import { reportHtml } from '../../../training/report/report-html.ts';
import { tinyReport } from '../../support/tiny-report.ts';

const table = {
  kind: 'table',
  caption: 'figures',
  columns: [{ head: 'name' }, { head: 'value', number: true }],
  rows: [['<b>F1</b>', '46.5']],
} as const;
const chart: ChartBlock = {
  kind: 'chart',
  caption: 'by year',
  option: { xAxis: { type: 'category', data: ['a', 'b'] }, yAxis: {}, series: [{ type: 'bar', data: [1, 2] }] },
  width: 300,
  height: 200,
};
const appendix: Appendix = {
  title: 'As <others> measured',
  blocks: [{ kind: 'text', text: 'Tags & pieces.' }, table, chart, { ...chart, numbers: table }],
};

describe('appendixSection', async () => {
  const markup = (await appendixSection(appendix, 0)).toString();

  test('has its blocks in order, with everything escaped', () => {
    expect(markup).toContain('<h2>As &lt;others&gt; measured</h2>');
    expect(markup).toContain('<p class="prose">Tags &amp; pieces.</p>');
    expect(markup).toMatch(
      /<th scope="row" class="name">&lt;b&gt;F1&lt;\/b&gt;<\/th>\s*<td class="number">46\.5<\/td>/,
    );
    expect(markup.indexOf('Tags')).toBeLessThan(markup.indexOf('46.5'));
    expect(markup.indexOf('46.5')).toBeLessThan(markup.indexOf('<svg'));
  });

  test('draws charts with their names, and folds numbers away only where it has them', () => {
    expect(markup.match(/<svg class="chart" role="img" aria-label="by year"/g)).toHaveLength(2);
    expect(markup.match(/<details>/g)).toHaveLength(1);
  });
});

test('a report has appendices after its splits and before its curves, in page and data, and none without', async () => {
  const data = reportData({ ...tinyReport, appendices: [appendix, { title: 'Another', blocks: [] }] });
  expect(data.appendices?.map(({ title }) => title)).toEqual(['As <others> measured', 'Another']);
  const html = await reportHtml(data);
  const headings = [...html.matchAll(/<h2>(?:<bdi>)?([^<]+)/g)].map((match) => match[1]);
  expect(headings.slice(1, 6)).toEqual(['dev', 'test', 'As &lt;others&gt; measured', 'Another', 'Training']);
  expect(reportData(tinyReport)).not.toHaveProperty('appendices');
  expect(reportData({ ...tinyReport, appendices: [] })).not.toHaveProperty('appendices');
});
