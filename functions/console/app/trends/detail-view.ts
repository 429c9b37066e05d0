import type { CoMention, TrendDetail, Variant } from '../../../../shared/contracts/trends.ts';
import { byId, make, paint, setText } from '../element.ts';
import { formatCount } from '../numbers.ts';
import { renderTweet } from '../tweet-row.ts';
import { onColoursChanged } from './colours.ts';
import { createHistoryChart } from './history-chart.ts';
import { counted, formatTime, REASON_TEXTS, risePhrase } from './phrases.ts';

/** What can be done from an open name. */
export interface DetailActions {
  readonly open: (key: string) => void;
  readonly back: () => void;
  /** Resolves when it is done and shown. */
  readonly undo: (variant: Variant) => Promise<void>;
  readonly pin: (variant: Variant, into: string) => Promise<void>;
}

/** One name: its history, company, spellings and tweets. */
export interface DetailView {
  show(detail: TrendDetail): void;
  hide(): void;
  /** Takes the focus, after a name was chosen. */
  focus(): void;
}

/** Wires up the part beside the list. */
export function createDetailView(actions: DetailActions): DetailView {
  const section = byId('detail', HTMLElement);
  const name = byId('detail-name', HTMLHeadingElement);
  const facts = byId('detail-facts', HTMLParagraphElement);
  const said = byId('said', HTMLParagraphElement);
  const chart = createHistoryChart(byId('chart', HTMLDivElement));
  const rebuild = { companions: onChange(), variants: onChange(), examples: onChange(), numbers: onChange() };
  let openKey: string | undefined;
  onColoursChanged(() => {
    chart.repaint();
  });
  byId('back', HTMLButtonElement).addEventListener('click', actions.back);

  const sayDone = (variant: Variant, into: string, done: string): void => {
    const again = make('button', 'link', 'Bring it back');
    again.type = 'button';
    again.addEventListener('click', () => {
      actions.pin(variant, into).then(
        () => {
          said.replaceChildren(make('bdi', '', variant.name), ' counts as this name again.');
        },
        () => {
          said.replaceChildren('That did not work. Try again.');
        },
      );
    });
    said.replaceChildren(make('bdi', '', variant.name), ` ${done} `, again);
  };

  return {
    show: (detail) => {
      const { trend } = detail;
      if (trend.key !== openKey) said.replaceChildren();
      openKey = trend.key;
      section.hidden = false;
      paint(section, trend.type);
      setText(name, trend.name);
      name.dir = 'auto';
      setText(facts, factsOf(detail));
      chart.show(detail);
      byId('chart-key', HTMLElement).dataset['past'] = String(detail.history.expected.length > 0);
      rebuild.numbers(detail.history, () => {
        showNumbers(detail);
      });
      rebuild.companions(detail.with, () => {
        showCompanions(detail.with, actions.open);
      });
      rebuild.variants(detail.variants, () => {
        showVariants(detail.variants, {
          undo: async (variant) => {
            await actions.undo(variant);
            sayDone(variant, detail.variants[0]!.form, 'counts on its own again.');
          },
          failed: () => {
            said.replaceChildren('That did not work. Try again.');
          },
        });
      });
      rebuild.examples(detail.examples, () => {
        showExamples(detail);
      });
    },
    hide: () => {
      section.hidden = true;
      openKey = undefined;
    },
    focus: () => {
      section.focus({ preventScroll: true });
    },
  };
}

/** Calls `draw` when the data are not those of the last time: what does not change keeps focus and selection. */
function onChange(): (data: unknown, draw: () => void) => void {
  let last: string | undefined;
  return (data, draw) => {
    const text = JSON.stringify(data);
    if (text === last) return;
    last = text;
    draw();
  };
}

function factsOf({ trend, until }: TrendDetail): string {
  const now = new Date(until);
  const facts = [`${counted(trend.tweets, 'tweet', 'tweets')}, ${risePhrase(trend)}`];
  if (trend.authors > 0) facts.push(counted(trend.authors, 'author', 'authors'));
  if (trend.risingSince !== null) facts.push(`rising since ${formatTime(trend.risingSince, now)}`);
  facts.push(`first seen ${formatTime(trend.firstSeen, now)}`);
  return facts.join(' · ');
}

/** Newest first, and only times with tweets: a reader wants the end of it. */
function showNumbers({ history, until }: TrendDetail): void {
  const now = new Date(until);
  const rows = history.tweets.flatMap((tweets, i) => {
    if (tweets === 0) return [];
    const at = new Date(Date.parse(history.start) + 1000 * history.stepSeconds * i).toISOString();
    const expected = history.expected[i];
    return [
      make(
        'tr',
        '',
        make('td', '', formatTime(at, now)),
        make('td', 'number', formatCount(tweets)),
        make('td', 'number', expected === undefined ? '–' : expected.toFixed(1)),
      ),
    ];
  });
  byId('numbers', HTMLTableSectionElement).replaceChildren(...rows.reverse());
}

function showCompanions(companions: readonly CoMention[], open: (key: string) => void): void {
  const items = companions.map(({ key, type, name, tweets }) => {
    const button = make('button', 'companion', make('bdi', '', name), make('span', 'type', type));
    button.append(make('span', 'count', formatCount(tweets)));
    button.type = 'button';
    button.addEventListener('click', () => {
      open(key);
    });
    const item = make('li', '', button);
    paint(item, type);
    return item;
  });
  const none = make('li', 'none', 'No other name in the same tweets.');
  byId('companions', HTMLUListElement).replaceChildren(...(items.length === 0 ? [none] : items));
}

interface VariantActions {
  readonly undo: (variant: Variant) => Promise<void>;
  readonly failed: () => void;
}

function showVariants(variants: readonly Variant[], { undo, failed }: VariantActions): void {
  const items = variants.map((variant) => {
    const spellings = variant.spellings.flatMap(({ text, tweets }, i) => [
      ...(i === 0 ? [] : [', ']),
      make('bdi', '', text),
      `\u00a0${formatCount(tweets)}`,
    ]);
    const words = make('span', 'spellings', ...spellings);
    if (variant.reason === null) return make('li', '', words);
    const alike =
      variant.reason === 'spelling' || variant.reason === 'meaning'
        ? `, ${Math.round(100 * (variant.score ?? 0))} % alike`
        : '';
    const button = make('button', 'undo', 'Count apart');
    button.type = 'button';
    button.ariaLabel = `Count ${variant.name} apart`;
    button.addEventListener('click', () => {
      button.disabled = true;
      undo(variant).catch(() => {
        button.disabled = false;
        failed();
      });
    });
    return make('li', '', words, make('span', 'reason', `${REASON_TEXTS[variant.reason]}${alike}`), button);
  });
  byId('variants', HTMLUListElement).replaceChildren(...items);
}

function showExamples({ examples, until }: TrendDetail): void {
  const now = new Date(until);
  const items = examples.map(({ text, author, entities, createdAt }) =>
    renderTweet({ text, author, entities, at: createdAt, timeText: formatTime(createdAt, now) }),
  );
  const none = make('li', 'none', 'No tweet of this time is kept.');
  byId('examples', HTMLOListElement).replaceChildren(...(items.length === 0 ? [none] : items));
}
