import { html } from 'hono/html';
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { COMMENT_LABELS, type CommentLabel } from '../data/comments-csv.ts';
import { factList, figure, grouped, nothing, table, type Facts, type Markup } from '../report/markup.ts';
import { page } from '../report/page.ts';
import type { Analysis } from './analyse-comments.ts';
import { BARS, nameChart } from './analysis-charts.ts';
import { counted } from './counted.ts';
import { askedSection } from './asked-section.ts';
import { countGroups, type GroupCount } from './group-counts.ts';
import { labelValues } from './label-reading.ts';
import { mergesSection } from './merges-section.ts';
import { titleOfType, typeOrder } from './type-title.ts';

const STYLE = readFileSync(new URL('./analysis-page.css', import.meta.url), 'utf8');

/** Notices that are listed. */
const NOTICES = 40;

/** Names in the table of columns. */
const ROWS = 20;

/** What comments ask for, what is broken, for which product, and how names were told, as one page without scripts. */
export async function analysisPage(analysis: Analysis): Promise<string> {
  const types = typeOrder(analysis.mentions.map(({ entity }) => entity.type));
  const counts = countGroups(analysis, () => true);
  const title = `What the comments ask for: ${basename(analysis.file)}`;
  const body = html`<header>
      <h1>What the comments ask for</h1>
      ${factList(facts(analysis))}
    </header>
    <main>
      ${overview(analysis, counts)}
      ${askedSection(analysis, { title: 'What is requested', column: 'Feature request' }, types)}
      ${askedSection(analysis, { title: 'What is broken', column: 'Problem report' }, types)}
      ${columnsSection(analysis, counts)} ${mergesSection(analysis)} ${readingSection(analysis)}
      ${noticesSection(analysis)}
    </main>`;
  return page(title, body, STYLE);
}

function facts({ file, modelId, comments, mentions, names }: Analysis): Facts {
  const naming = new Set(mentions.map(({ comment }) => comment)).size;
  const all = names.groups.reduce((sum, group) => sum + group.names.length, 0);
  return [
    [
      'comments',
      `${grouped(comments.length)} by ${counted(new Set(comments.map(({ author }) => author)).size, 'author')}`,
    ],
    [
      'names',
      `${grouped(all)} in ${counted(naming, 'comment')}, brought together in ${counted(names.groups.length, 'group')}`,
    ],
    ['file', basename(file)],
    ['model', modelId],
  ];
}

/** How many comments with a label set mention each group. */
function countsWith(analysis: Analysis, column: CommentLabel): ReadonlyMap<GroupCount['group'], number> {
  const counts = countGroups(analysis, ({ labels }) => analysis.isSet(labels[column]));
  return new Map(counts.map(({ group, comments }) => [group, comments]));
}

function overview(analysis: Analysis, counts: readonly GroupCount[]): Markup {
  const [requests, problems] = [countsWith(analysis, 'Feature request'), countsWith(analysis, 'Problem report')];
  const asked = counts
    .map(({ group }) => ({ group, requests: requests.get(group) ?? 0, problems: problems.get(group) ?? 0 }))
    .filter((row) => row.requests + row.problems > 0)
    .sort((a, b) => b.requests + b.problems - (a.requests + a.problems))
    .slice(0, BARS);
  if (asked.length === 0) return nothing;
  const names = asked.map(({ group }) => group.title);
  const asks = nameChart({
    id: 'asked',
    label: 'Comments that request something or report a problem, by name',
    axis: 'comments',
    names,
    series: [
      { title: 'requests', values: asked.map((row) => row.requests) },
      { title: 'problems', values: asked.map((row) => row.problems) },
    ],
  });
  return html`<section>
    <h2>At a glance</h2>
    <div class="pair">
      ${figure(asks, 'Comments that mention a name and request something or report a problem.')}
      ${polarityChart(analysis, counts)}
    </div>
  </section>`;
}

/** Colours that there are for values; what is rarer is put together. */
const VALUES = 3;

function polarityChart(analysis: Analysis, counts: readonly GroupCount[]): Markup {
  const top = counts.slice(0, BARS);
  const values = labelValues(
    analysis.comments.map(({ labels }) => labels),
    ['Polarity'],
    analysis.isSet,
  ).filter(({ value }) => value.trim() !== '');
  const shown = values.slice(0, VALUES).map(({ value }) => value);
  if (shown.length === 0) return nothing;
  const withValue = (isChosen: (value: string) => boolean): readonly number[] => {
    const found = countGroups(analysis, ({ labels }) => isChosen(labels.Polarity));
    const byGroup = new Map(found.map(({ group, comments }) => [group, comments]));
    return top.map(({ group }) => byGroup.get(group) ?? 0);
  };
  const series = [
    ...shown.map((value) => ({ title: value, values: withValue((own) => own === value) })),
    { title: 'other or none', values: withValue((own) => !shown.includes(own)) },
  ].filter((one) => one.values.some((count) => count > 0));
  const svg = nameChart({
    id: 'polarity',
    label: 'Comments by name and polarity',
    axis: 'comments',
    names: top.map(({ group }) => group.title),
    series,
    stacked: true,
  });
  return figure(svg, html`The names in most comments, by <code>Polarity</code> of those.`);
}

function columnsSection(analysis: Analysis, counts: readonly GroupCount[]): Markup {
  if (counts.length === 0) return nothing;
  const columns = COMMENT_LABELS.filter((column) => column !== 'Polarity');
  const withColumn = new Map(columns.map((column) => [column, countsWith(analysis, column)]));
  const rest = counts.length - ROWS;
  return html`<section>
    <h2>Names by column</h2>
    ${table({
      caption:
        'Comments that mention a name and have the label set.' +
        (rest > 0 ? ` ${grouped(rest)} more names, and the values of each column, are in summary.csv.` : ''),
      columns: [
        { head: 'name' },
        { head: 'type' },
        { head: 'comments', number: true },
        { head: 'authors', number: true },
        { head: 'likes', number: true },
        ...columns.map((head) => ({ head, number: true })),
      ],
      rows: counts
        .slice(0, ROWS)
        .map(({ group, comments, authors, likes }) => [
          group.title,
          titleOfType(group.type),
          grouped(comments),
          grouped(authors),
          grouped(likes),
          ...columns.map((column) => grouped(withColumn.get(column)!.get(group) ?? 0)),
        ]),
    })}
  </section>`;
}

function readingSection({ comments, isSet }: Analysis): Markup {
  const values = labelValues(
    comments.map(({ labels }) => labels),
    COMMENT_LABELS,
    isSet,
  );
  return html`<section>
    <h2>How labels were read</h2>
    <p>
      An empty cell and the values that <code>--not-set</code> names say that a label is not set; all others say that it
      is.
    </p>
    ${table({
      caption: 'Values of the label columns as they were met.',
      columns: [{ head: 'column' }, { head: 'value' }, { head: 'comments', number: true }, { head: 'read as' }],
      rows: values.map(({ column, value, comments: count, isSet: set }) => [
        column,
        value.trim() === '' ? '(empty)' : value,
        grouped(count),
        set ? 'set' : 'not set',
      ]),
    })}
  </section>`;
}

function noticesSection({ notices }: Analysis): Markup {
  if (notices.length === 0) return nothing;
  const rest = notices.length - NOTICES;
  return html`<section>
    <h2>Left out</h2>
    <ul class="notices">
      ${notices.slice(0, NOTICES).map((notice) => html`<li>${notice}</li> `)}
      ${rest > 0 ? html`<li>and ${grouped(rest)} more</li>` : nothing}
    </ul>
  </section>`;
}
