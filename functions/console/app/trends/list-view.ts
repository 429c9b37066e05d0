import type { Trend, TrendsResponse } from '../../../../shared/contracts/trends.ts';
import { byId, make, paint, setText } from '../element.ts';
import { formatCount } from '../numbers.ts';
import { onColoursChanged } from './colours.ts';
import { counted, formatTime, riseText } from './phrases.ts';
import { createSparkline, type Sparkline } from './sparkline.ts';

/** The ranked names. */
export interface ListView {
  show(answer: TrendsResponse, openKey: string | undefined): void;
}

interface Row {
  readonly item: HTMLLIElement;
  update(trend: Trend, isOpen: boolean, asOf: Date): void;
  readonly sparkline: Sparkline;
}

/** Wires up the list; `open` is told which name was chosen. */
export function createListView(open: (key: string) => void): ListView {
  const list = byId('trends', HTMLOListElement);
  const rows = new Map<string, Row>();
  onColoursChanged(() => {
    for (const { sparkline } of rows.values()) sparkline.repaint();
  });
  list.addEventListener('keydown', (event) => {
    moveFocus(list, event);
  });
  return {
    show: ({ trends, until }, openKey) => {
      const asOf = new Date(until);
      const wanted = new Set(trends.map(({ key }) => key));
      for (const [key, row] of rows) {
        if (wanted.has(key)) continue;
        row.sparkline.close();
        row.item.remove();
        rows.delete(key);
      }
      // What has the focus may move, and moving would take the focus away.
      const focused = document.activeElement;
      for (const [i, trend] of trends.entries()) {
        const row = rows.get(trend.key) ?? createRow(trend, open);
        rows.set(trend.key, row);
        if (list.children[i] !== row.item) list.insertBefore(row.item, list.children[i] ?? null);
        row.update(trend, trend.key === openKey, asOf);
      }
      if (focused instanceof HTMLElement && focused !== document.activeElement && list.contains(focused)) {
        focused.focus({ preventScroll: true });
      }
    },
  };
}

function createRow({ key, type }: Trend, open: (key: string) => void): Row {
  const name = make('bdi', 'trend-name');
  const facts = make('span', 'trend-facts');
  const company = make('span', 'trend-company');
  const spark = make('span', 'spark');
  spark.ariaHidden = 'true';
  const tweets = make('span', 'trend-count');
  const rise = make('span', 'trend-rise');
  const label = make('span', 'type', type);
  const button = make(
    'button',
    'trend',
    make('span', 'trend-words', make('span', 'trend-title', name, label), facts, company),
    spark,
    make('span', 'trend-figures', tweets, rise),
  );
  button.type = 'button';
  button.addEventListener('click', () => {
    open(key);
  });
  const item = make('li', '', button);
  paint(item, type);
  const sparkline = createSparkline(spark);
  return {
    item,
    sparkline,
    update: (trend, isOpen, asOf) => {
      setText(name, trend.name);
      name.title = trend.name;
      setText(facts, factsOf(trend, asOf));
      showCompany(company, trend);
      setText(tweets, formatCount(trend.tweets));
      tweets.title = counted(trend.tweets, 'tweet', 'tweets');
      setText(rise, riseText(trend));
      rise.dataset['kind'] = riseText(trend) === 'usual' ? 'usual' : 'rise';
      if (isOpen) button.setAttribute('aria-current', 'true');
      else button.removeAttribute('aria-current');
      sparkline.show(trend.series);
    },
  };
}

/** What can be said of a name in a line: how many people, and since when. */
function factsOf({ authors, risingSince }: Trend, asOf: Date): string {
  const facts: string[] = [];
  if (authors > 0) facts.push(counted(authors, 'author', 'authors'));
  if (risingSince !== null) facts.push(`since ${formatTime(risingSince, asOf)}`);
  return facts.join(' · ');
}

/** Who and where, each name isolated: names may be written from right to left. */
function showCompany(element: HTMLElement, { people, places }: Trend): void {
  const names = [...people.slice(0, 2), ...places.slice(0, 2)].map(({ name }) => name);
  const text = names.join('\n');
  if (element.dataset['shown'] === text) return;
  element.dataset['shown'] = text;
  const parts = names.flatMap((name, i) => [...(i === 0 ? ['with '] : [', ']), make('bdi', '', name)]);
  element.replaceChildren(...parts);
}

/** The arrow keys go through the list, as Tab does. */
function moveFocus(list: HTMLElement, event: KeyboardEvent): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step === undefined) return;
  const buttons = [...list.querySelectorAll('button')];
  const at = buttons.findIndex((button) => button === document.activeElement);
  const next = buttons[at + step];
  if (at < 0 || next === undefined) return;
  event.preventDefault();
  next.focus();
}
