import type { TopEntities } from '../../../shared/contracts/api.ts';
import { byId, make, paint } from './element.ts';
import { formatCount } from './numbers.ts';
import { TYPE_COLOURS } from './type-colour.ts';

/** Entities listed at once. */
const MAX_LISTED = 15;

/** The choice that lists all types. */
const ALL = '';

/** The ranking of entities and the types to choose from, which are the legend as well. */
export interface TopView {
  show(top: TopEntities): void;
}

/** Wires up the ranking. */
export function createTopView(): TopView {
  const ranking = byId('ranking', HTMLOListElement);
  const types = byId('types', HTMLFieldSetElement);
  const waiting = byId('top-waiting', HTMLParagraphElement);
  const known = new Set<string>();
  let latest: TopEntities = { entities: [] };
  let chosen = ALL;

  const render = (): void => {
    const listed = latest.entities.filter(({ type }) => chosen === ALL || type === chosen).slice(0, MAX_LISTED);
    const most = listed[0]?.count ?? 1;
    waiting.hidden = listed.length > 0;
    ranking.replaceChildren(...listed.map((entity) => renderEntity(entity, most)));
  };

  const addType = (type: string): void => {
    known.add(type);
    const input = make('input', '');
    input.type = 'radio';
    input.name = 'type';
    input.value = type;
    input.checked = type === chosen;
    input.addEventListener('change', () => {
      chosen = type;
      render();
    });
    const label = make('label', 'choice', input, make('span', 'chip', type === ALL ? 'all' : type));
    if (type !== ALL) paint(label, type);
    types.append(label);
  };

  [ALL, ...Object.keys(TYPE_COLOURS)].forEach(addType);
  return {
    show: (top) => {
      latest = top;
      for (const { type } of top.entities) if (!known.has(type)) addType(type);
      render();
    },
  };
}

function renderEntity({ type, text, count }: TopEntities['entities'][number], most: number): HTMLLIElement {
  const bar = make('span', 'bar');
  bar.style.inlineSize = `${(100 * count) / most}%`;
  bar.ariaHidden = 'true';
  const name = make('bdi', 'name', text);
  name.title = text;
  const row = make('li', '', bar, name, make('span', 'type', type), make('span', 'count', formatCount(count)));
  paint(row, type);
  return row;
}
