import { html } from 'hono/html';
import { nothing, percent, type Markup } from './markup.ts';
import type { SplitReport } from './report-data.ts';
import type { Example, MarkedEntity } from './worst-examples.ts';

/** Examples that are seen at once; the others are folded away. */
const SHOWN = 12;

/** What is said beside a wrong entity. */
const LABELS = {
  correct: null,
  type: 'wrong type',
  boundary: 'wrong words',
  both: 'wrong words and type',
  missed: 'missed',
  spurious: 'spurious',
} as const satisfies Record<MarkedEntity['kind'], string | null>;

/** Sentences with errors in context: what is gold above, what was found below. */
export function examplesSection({ name, examples }: SplitReport): Markup {
  if (examples === null) {
    return html`<p class="note">
      Sentences of ${name} are not listed, so that nobody mends the model by them: those of dev are.
    </p>`;
  }
  if (examples.length === 0) return html`<p class="note">Not one error in ${name}.</p>`;
  return html`<p class="note">
      The ${examples.length} sentences where the model was most sure of what is wrong. Numbers are its calibrated
      confidence in per cent.
    </p>
    ${list(name, examples.slice(0, SHOWN))}
    ${
      examples.length > SHOWN
        ? html`<details>
            <summary>${examples.length - SHOWN} more</summary>
            ${list(name, examples.slice(SHOWN))}
          </details>`
        : nothing
    }`;
}

function list(name: string, examples: readonly Example[]): Markup {
  return html`<ol class="examples">
    ${examples.map((example) => exampleItem(name, example))}
  </ol>`;
}

function exampleItem(name: string, { line, words, gold, predicted }: Example): Markup {
  return html`<li>
    <p class="where">${line === null ? name : `${name}, line ${line}`}</p>
    <p class="tagged"><b>gold</b><span>${markedWords(words, gold, 'gold')}</span></p>
    <p class="tagged"><b>found</b><span>${markedWords(words, predicted, 'found')}</span></p>
  </li>`;
}

function markedWords(words: readonly string[], entities: readonly MarkedEntity[], side: 'gold' | 'found'): Markup[] {
  const parts: Markup[] = [];
  let next = 0;
  const plain = (end: number): void => {
    if (next < end) parts.push(html`<bdi>${words.slice(next, end).join(' ')}</bdi> `);
    next = end;
  };
  for (const entity of entities) {
    plain(entity.start);
    parts.push(mark(words.slice(entity.start, entity.end).join(' '), entity, side));
    next = entity.end;
  }
  plain(words.length);
  return parts;
}

function mark(text: string, { type, kind, confidence }: MarkedEntity, side: 'gold' | 'found'): Markup {
  const sure = confidence === null ? '' : ` ${percent(confidence, 0)}`;
  const error = LABELS[kind] === null || (side === 'gold' && kind !== 'missed') ? '' : html`, <em>${LABELS[kind]}</em>`;
  return html`<mark class="kind-${kind}"><bdi>${text}</bdi> <small>${type}${error}${sure}</small></mark> `;
}
