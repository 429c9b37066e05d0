import { html } from 'hono/html';
import { factList, figure, grouped, nothing, percent, table, type Markup } from './markup.ts';
import { page } from './page.ts';
import { mentionsOf, type PlacesData, type RoleCounts } from './places-data.ts';
import { svgChart } from './svg-chart.ts';
import { worldMap } from './world-map.ts';

/** Rows of a table of places; places.json has all. */
const ROWS = 50;

/** A map may be as wide as the page. */
const STYLE = '.chart { max-inline-size: none; } figure + .caption { margin-block-start: 1.5rem; }';

const ROLE_COLUMNS = ['target', 'incidental', 'no role', 'mentions'].map((head) => ({ head, number: true }));

/** What texts say of places, as one page: a map, and tables of places with and without a location. */
export function placesPage(data: PlacesData): Promise<string> {
  const { located, unlocated, mentions } = data;
  const body = html`<header>
      <h1>Places</h1>
      ${facts(data)}
      <p class="lead">
        ${grouped(mentionsOf(mentions))} mentions of places in ${grouped(data.textsWithPlaces)} of
        ${grouped(data.texts)} texts. A target is where what the text is about is; an incidental place is only
        mentioned.
      </p>
    </header>
    <main>
      ${located.length === 0 ? nothing : mapSection(data)}
      ${located.length + unlocated.length === 0 ? html`<p>No place was found.</p>` : nothing}
      ${unlocated.length === 0 ? nothing : unlocatedSection(data)}
    </main>`;
  return page('Places', body, STYLE);
}

function facts({ model, targetModel, gazetteer, mentions }: PlacesData): Markup {
  const all = mentionsOf(mentions);
  const share = (count: number): string => (all === 0 ? '0' : `${grouped(count)} (${percent(count / all)} %)`);
  return factList([
    ['Places by', html`<code>${model}</code>`],
    ['Gazetteer', gazetteer ?? 'none'],
    ['Roles by', targetModel === null ? 'no second tagger' : html`<code>${targetModel}</code>`],
    ['Targets', share(mentions.target)],
    ['Incidental', share(mentions.incidental)],
  ]);
}

function mapSection({ located }: PlacesData): Markup {
  const shown = located.slice(0, ROWS);
  const more = located.length > shown.length ? `, the ${ROWS} most frequent of ${grouped(located.length)}` : '';
  return html`<section>
    <h2>On the map</h2>
    ${figure(
      svgChart(worldMap(located), { id: 'map', label: 'Places on a map', width: 960, height: 480 }),
      'A circle for each place, its area by its mentions, its colour by the role that it has most often. Outlines: Natural Earth, 1:110 million.',
    )}
    ${table({
      caption: `Places with a location${more}`,
      columns: [
        { head: 'place' },
        { head: 'country' },
        { head: 'in the texts' },
        ...ROLE_COLUMNS,
        { head: 'latitude', number: true },
        { head: 'longitude', number: true },
        { head: 'geonameid', number: true },
      ],
      rows: shown.map(({ location, names, ...counts }) => [
        location.name,
        location.country,
        names.slice(0, 3).join(', '),
        ...roleCells(counts),
        location.latitude.toFixed(3),
        location.longitude.toFixed(3),
        String(location.geonameid),
      ]),
    })}
  </section>`;
}

function unlocatedSection({ unlocated, gazetteer }: PlacesData): Markup {
  const shown = unlocated.slice(0, ROWS);
  const more = unlocated.length > shown.length ? `, the ${ROWS} most frequent of ${grouped(unlocated.length)}` : '';
  return html`<section>
    <h2>Without a location</h2>
    <p>
      ${gazetteer === null ? 'No gazetteer was named, so nothing was looked up.' : 'The gazetteer has no such names.'}
    </p>
    ${table({
      caption: `Places without a location${more}`,
      columns: [{ head: 'place' }, ...ROLE_COLUMNS],
      rows: shown.map(({ name, ...counts }) => [name, ...roleCells(counts)]),
    })}
  </section>`;
}

function roleCells(counts: RoleCounts): readonly string[] {
  return [counts.target, counts.incidental, counts.unknown, mentionsOf(counts)].map(grouped);
}
