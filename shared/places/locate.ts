import { countryCodes } from './country-names.ts';
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

/** `US`, `UAE`, `U.S.`, `D.C.`: what stands for several words and is no word itself. */
const ABBREVIATION = /^(?:\p{Lu}{2,3}|(?:\p{Lu}\.){2,}\p{Lu}?)$/u;

/**
 * The entry that each place of a text most likely is; undefined where the gazetteer has none of that name. In this order:
 *
 * 1. lies in the country or state that follows at once, as in `Paris, Texas`
 * 2. lies in a country that the text names, unless a namesake has ten times as many people
 * 3. is a country, state or city, and no water, hill or building
 * 4. has more people
 * 5. has the name as its own and not as an alternate one, then the smaller id
 *
 * An abbreviation is none but those names that are capitals too: `US` is not Us in France. And the name of a country is that
 * country, a region, or a town in it, or in what follows at once: where a gazetteer has no countries, `China` is nowhere and
 * not China in Mexico.
 */
export function locate(mentions: readonly Mention[], hits: GazetteerHits): readonly (GazetteerEntry | undefined)[] {
  const found = mentions.map(({ text }) => {
    const ofName = hits.get(mentionKey(text)) ?? [];
    return ABBREVIATION.test(text) ? ofName.filter(({ isCapitals }) => isCapitals) : ofName;
  });
  const areas = found.map((candidates) => candidates.map(areaOf).filter((area) => area !== undefined));
  const countries = new Set(areas.flat().filter((area) => !area.includes('.')));
  return mentions.map(({ text, end }, i) => {
    const next = mentions[i + 1];
    const around = next !== undefined && next.start - end <= NEAR ? new Set(areas[i + 1]) : new Set<string>();
    const country = countryCodes.get(mentionKey(text));
    return bestOf(found[i]!, { around, country, countries: areas[i]!.length > 0 ? new Set() : countries });
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
  /** Code of the country whose name it is. */
  readonly country: string | undefined;
  readonly countries: ReadonlySet<string>;
}

function bestOf(all: readonly GazetteerHit[], context: Context): GazetteerEntry | undefined {
  const { around, country, countries } = context;
  // `New York, New York` is the city: the state does not lie in itself.
  const follows = (hit: GazetteerHit): boolean => {
    const { countryCode, admin1 } = hit.entry;
    return [countryCode, `${countryCode}.${admin1}`].some((area) => area !== areaOf(hit) && around.has(area));
  };
  const candidates = all.filter(
    (hit) =>
      country === undefined || hit.entry.countryCode === country || hit.entry.featureClass === 'A' || follows(hit),
  );
  const most = Math.max(0, ...candidates.map(({ entry }) => entry.population));
  const rank = (hit: GazetteerHit): readonly number[] => {
    const { entry, isMain } = hit;
    const { countryCode, featureClass, population, id } = entry;
    const isNamed = countries.has(countryCode) && population * COUNTRY_OUTWEIGHS >= most;
    const isSettled = featureClass === 'A' || featureClass === 'P';
    return [Number(follows(hit)), Number(isNamed), Number(isSettled), population, Number(isMain), -id];
  };
  const ranked = candidates.map((hit) => ({ hit, rank: rank(hit) }));
  return ranked.sort((a, b) => compare(b.rank, a.rank))[0]?.hit.entry;
}

function compare(a: readonly number[], b: readonly number[]): number {
  const differs = a.findIndex((value, i) => value !== b[i]);
  return differs < 0 ? 0 : a[differs]! - b[differs]!;
}
