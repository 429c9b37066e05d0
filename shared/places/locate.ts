import type { GazetteerEntry, GazetteerHit, GazetteerHits } from './geonames.ts';
import { mentionKey } from './place-name.ts';

/** A place in a text, in UTF-16 units. */
export interface Mention {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** So far apart, `Austin` and `Texas` in `Austin, Texas` or `Austin (Texas)` are said in one breath. */
const NEAR = 2;

/**
 * A country elsewhere in the text outweighs a more populous namesake, but not one of more than so many times as many people:
 * who flies from Paris to the United States is not in Paris, Texas.
 */
const COUNTRY_OUTWEIGHS = 10;

/**
 * The entry that each place of a text most likely is; undefined where the gazetteer has none of that name. In this order:
 *
 * 1. lies in the country or state that follows at once, as in `Paris, Texas`
 * 2. lies in a country that the text names, unless a namesake has ten times as many people
 * 3. is a country, state or city, and no water, hill or building
 * 4. has more people
 * 5. has the name as its own and not as an alternate one, then the smaller id
 */
export function locate(mentions: readonly Mention[], hits: GazetteerHits): readonly (GazetteerEntry | undefined)[] {
  const found = mentions.map(({ text }) => hits.get(mentionKey(text)) ?? []);
  const areas = found.map((candidates) => candidates.map(areaOf).filter((area) => area !== undefined));
  const countries = new Set(areas.flat().filter((area) => !area.includes('.')));
  return mentions.map(({ end }, i) => {
    const next = mentions[i + 1];
    const around = next !== undefined && next.start - end <= NEAR ? new Set(areas[i + 1]) : new Set<string>();
    return bestOf(found[i]!, { around, countries: areas[i]!.length > 0 ? new Set() : countries });
  });
}

/** What a country or state contains, as `US` or `US.TX`; undefined for other places. */
function areaOf({ entry }: GazetteerHit): string | undefined {
  if (entry.featureCode.startsWith('PCL')) return entry.countryCode;
  return entry.featureCode === 'ADM1' ? `${entry.countryCode}.${entry.admin1}` : undefined;
}

interface Context {
  /** Areas that follow at once. */
  readonly around: ReadonlySet<string>;
  readonly countries: ReadonlySet<string>;
}

function bestOf(candidates: readonly GazetteerHit[], { around, countries }: Context): GazetteerEntry | undefined {
  const most = Math.max(0, ...candidates.map(({ entry }) => entry.population));
  const rank = (hit: GazetteerHit): readonly number[] => {
    const { entry, isMain } = hit;
    const { countryCode, admin1, featureClass, population, id } = entry;
    // `New York, New York` is the city: the state does not lie in itself.
    const own = areaOf(hit);
    const follows = [countryCode, `${countryCode}.${admin1}`].some((area) => area !== own && around.has(area));
    const isNamed = countries.has(countryCode) && population * COUNTRY_OUTWEIGHS >= most;
    const isSettled = featureClass === 'A' || featureClass === 'P';
    return [Number(follows), Number(isNamed), Number(isSettled), population, Number(isMain), -id];
  };
  const ranked = candidates.map((hit) => ({ hit, rank: rank(hit) }));
  return ranked.sort((a, b) => compare(b.rank, a.rank))[0]?.hit.entry;
}

function compare(a: readonly number[], b: readonly number[]): number {
  const differs = a.findIndex((value, i) => value !== b[i]);
  return differs < 0 ? 0 : a[differs]! - b[differs]!;
}
