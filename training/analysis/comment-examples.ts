import { html } from 'hono/html';
import type { Comment } from '../data/comments-csv.ts';
import { nothing, type Markup } from '../report/markup.ts';
import { counted } from './counted.ts';
import type { Mention } from './analyse-comments.ts';

/** Characters of a comment that are shown. */
const SHOWN = 500;

/** Comments as they are, with the names marked, each under its author, likes and line. */
export function commentExamples(
  comments: readonly Comment[],
  { mentions, types }: { readonly mentions: readonly Mention[]; readonly types: readonly string[] },
): Markup {
  if (comments.length === 0) return nothing;
  const byComment = Map.groupBy(mentions, ({ comment }) => comment);
  return html`<ol class="examples">
    ${comments.map((comment) => {
      const { author, likes, line, date } = comment;
      return html`<li>
        <p class="where">
          <b><bdi>${author === '' ? 'nobody named' : author}</bdi></b> · ${counted(likes, 'like')} ·
          <bdi>${date}</bdi> · line ${line}
        </p>
        <p class="comment">${marked(comment.text, byComment.get(comment) ?? [], types)}</p>
      </li> `;
    })}
  </ol>`;
}

function marked(text: string, mentions: readonly Mention[], types: readonly string[]): readonly Markup[] {
  const parts: Markup[] = [];
  let next = 0;
  const plain = (end: number): void => {
    if (next < end) parts.push(html`${text.slice(next, end).toWellFormed()}`);
    next = end;
  };
  for (const { entity } of mentions) {
    if (entity.end > SHOWN) break;
    plain(entity.start);
    const kind = Math.min(types.indexOf(entity.type), 3);
    parts.push(html`<mark class="type-${kind}"><bdi>${entity.text}</bdi> <small>${entity.type}</small></mark>`);
    next = entity.end;
  }
  const end = text.length <= SHOWN ? text.length : SHOWN;
  plain(end);
  return end < text.length ? [...parts, html` …`] : parts;
}
