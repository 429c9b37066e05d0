import { html } from 'hono/html';
import type { Comment, CommentLabel } from '../data/comments-csv.ts';
import { figure, grouped, nothing, table, type Markup } from '../report/markup.ts';
import type { Analysis } from './analyse-comments.ts';
import { BARS, nameChart } from './analysis-charts.ts';
import { counted } from './counted.ts';
import { commentExamples } from './comment-examples.ts';
import { countGroups, type GroupCount } from './group-counts.ts';
import { spellingsOf } from './merges-file.ts';
import { titleOfType } from './type-title.ts';

/** Names of a type in a table; all are in summary.csv. */
const ROWS = 15;

/** The most liked comments that are shown. */
const EXAMPLES = 6;

export interface AskedSection {
  readonly title: string;
  readonly column: CommentLabel;
}

/** What comments in which a column is set are about: names by type, and the most liked of those comments. */
export function askedSection(analysis: Analysis, { title, column }: AskedSection, types: readonly string[]): Markup {
  const isChosen = ({ labels }: Comment): boolean => analysis.isSet(labels[column]);
  const chosen = analysis.comments.filter(isChosen);
  if (chosen.length === 0) {
    return html`<section>
      <h2>${title}</h2>
      <p>No comment has <code>${column}</code> set.</p>
    </section>`;
  }
  const counts = countGroups(analysis, isChosen);
  const naming = new Set(analysis.mentions.map(({ comment }) => comment));
  const named = chosen.filter((comment) => naming.has(comment)).length;
  const liked = [...chosen].sort((a, b) => b.likes - a.likes || a.line - b.line).slice(0, EXAMPLES);
  return html`<section>
    <h2>${title}</h2>
    <p>
      <code>${column}</code> is set in ${counted(chosen.length, 'comment')} of ${grouped(analysis.comments.length)},
      written by ${counted(new Set(chosen.map(({ author }) => author)).size, 'author')} and liked
      ${counted(
        chosen.reduce((sum, { likes }) => sum + likes, 0),
        'time',
      )}.
      Names are in ${grouped(named)} of them${named < chosen.length ? '; what the others are about, no name says' : ''}.
    </p>
    <div class="pair">
      ${likesChart(counts, column)}
      ${types.map((type) =>
        typeTable(
          counts.filter(({ group }) => group.type === type),
          type,
        ),
      )}
    </div>
    <h3>The most liked of these comments</h3>
    ${commentExamples(liked, { mentions: analysis.mentions, types })}
  </section>`;
}

function likesChart(counts: readonly GroupCount[], column: CommentLabel): Markup {
  const top = [...counts].sort((a, b) => b.likes - a.likes || b.comments - a.comments).slice(0, BARS);
  if (top.length === 0) return nothing;
  const svg = nameChart({
    id: `likes-${column.toLowerCase().replaceAll(' ', '-')}`,
    label: `Likes of the comments with ${column} set, by name`,
    axis: 'likes',
    names: top.map(({ group }) => group.title),
    series: [{ title: 'likes', values: top.map(({ likes }) => likes) }],
  });
  return html`<div>
    <h3>Most liked</h3>
    ${figure(svg, 'Likes of the comments that mention a name. A comment that mentions several counts for each.')}
  </div>`;
}

function typeTable(counts: readonly GroupCount[], type: string): Markup {
  if (counts.length === 0) return nothing;
  const rest = counts.length - ROWS;
  const more = rest > 0 ? ` ${rest} more are in summary.csv.` : '';
  return html`<div>
    <h3>${titleOfType(type)}</h3>
    ${table({
      caption: `By number of comments.${more}`,
      columns: [
        { head: 'name' },
        { head: 'comments', number: true },
        { head: 'authors', number: true },
        { head: 'likes', number: true },
        { head: 'also written' },
      ],
      rows: counts
        .slice(0, ROWS)
        .map(({ group, comments, authors, likes }) => [
          group.title,
          grouped(comments),
          grouped(authors),
          grouped(likes),
          otherSpellings(group),
        ]),
    })}
  </div>`;
}

/** Spellings other than the one that is shown, letter case aside. */
function otherSpellings({ title, names }: GroupCount['group']): string {
  const spellings = new Map<string, number>();
  for (const { name } of names) for (const [text, count] of name.spellings) spellings.set(text, count);
  for (const text of [...spellings.keys()]) if (text.toLowerCase() === title.toLowerCase()) spellings.delete(text);
  return spellingsOf({ spellings });
}
