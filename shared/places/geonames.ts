import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { unreadable } from '../corpus/text-file.ts';
import { NerError } from '../ner-error.ts';
import { nameKey } from './place-name.ts';

/** A row of a gazetteer, without what the look-up has no use for. */
export interface GazetteerEntry {
  /** The geonameid. */
  readonly id: number;
  readonly name: string;
  /** Degrees, -90..90. */
  readonly latitude: number;
  /** Degrees, -180..180. */
  readonly longitude: number;
  /** A: country, state, region; P: city, village; others are waters, hills, buildings. Empty where it is unknown. */
  readonly featureClass: string;
  /** Such as PCLI, an independent state, and ADM1, its first division. */
  readonly featureCode: string;
  /** Two letters of ISO 3166; empty for places of no country. */
  readonly countryCode: string;
  /** Code of the first division in its country; empty where there is none. */
  readonly admin1: string;
  readonly population: number;
}

/** Entries by the key of a name. */
export type GazetteerHits = ReadonlyMap<string, readonly GazetteerHit[]>;

export interface GazetteerHit {
  readonly entry: GazetteerEntry;
  /** Whether it is the entry's own name and no alternate one. */
  readonly isMain: boolean;
  /** Whether the name is written in capitals alone, as `UK` or `U.S.`. */
  readonly isCapitals: boolean;
}

/** https://download.geonames.org/export/dump/readme.txt, the main 'geoname' table. */
const COLUMNS = 19;
const COLUMN = {
  id: 0,
  name: 1,
  ascii: 2,
  alternates: 3,
  latitude: 4,
  longitude: 5,
  featureClass: 6,
  featureCode: 7,
  country: 8,
  admin1: 10,
  population: 14,
} as const;

/**
 * Reads a dump of GeoNames line by line, and keeps the entries that have one of the names: memory grows with these and not
 * with the file. Blank lines and lines that begin with `#` are passed over.
 *
 * @param wanted keys of names, see `nameKey`
 * @throws {E_FILE_UNREADABLE}
 * @throws {E_GAZETTEER_MALFORMED} a line that is not of the form, with file and line
 */
export async function readGeonames(file: string, wanted: ReadonlySet<string>): Promise<GazetteerHits> {
  const hits = new Map<string, GazetteerHit[]>();
  let number = 0;
  try {
    const stream = createReadStream(file, { highWaterMark: 1 << 20 });
    for await (const line of createInterface({ input: stream, crlfDelay: Infinity })) {
      number += 1;
      if (line === '' || line.startsWith('#')) continue;
      addLine(hits, line, { place: `${file}:${number}`, wanted });
    }
  } catch (error) {
    throw error instanceof NerError ? error : unreadable(file, error);
  }
  if (number > 0) return hits;
  throw new NerError(
    'E_GAZETTEER_MALFORMED',
    `${file}: the file is empty, got no line; expected a dump of GeoNames. Is it the right file?`,
  );
}

function addLine(
  hits: Map<string, GazetteerHit[]>,
  line: string,
  { place, wanted }: { readonly place: string; readonly wanted: ReadonlySet<string> },
): void {
  const fields = line.split('\t');
  if (fields.length !== COLUMNS) {
    throw malformed(place, `the line has ${fields.length} columns`, `${COLUMNS} between tabs`);
  }
  // Every line is checked, wanted or not: a file that is wrong anywhere is not the file that was meant.
  const entry = readEntry(place, fields);
  const main = new Set([nameKey(fields[COLUMN.name]!), nameKey(fields[COLUMN.ascii]!)]);
  const alternates = fields[COLUMN.alternates]!;
  const names = [fields[COLUMN.name]!, fields[COLUMN.ascii]!, ...(alternates === '' ? [] : alternates.split(','))];
  const keys = new Set(names.map(nameKey));
  for (const key of keys) {
    if (!wanted.has(key)) continue;
    const ofKey = hits.get(key);
    const isCapitals = names.some((name) => nameKey(name) === key && !/\p{Ll}/u.test(name));
    const hit = { entry, isMain: main.has(key), isCapitals };
    if (ofKey === undefined) hits.set(key, [hit]);
    else ofKey.push(hit);
  }
}

function readEntry(place: string, fields: readonly string[]): GazetteerEntry {
  const id = Number(fields[COLUMN.id]);
  if (fields[COLUMN.id] === '' || !Number.isSafeInteger(id) || id < 0) {
    throw malformed(place, `the geonameid is none, got '${fields[COLUMN.id]!}'`, 'a whole number');
  }
  if (fields[COLUMN.name] === '') throw malformed(place, "the name is empty, got ''", 'a name');
  const population = fields[COLUMN.population] === '' ? 0 : Number(fields[COLUMN.population]);
  if (!Number.isSafeInteger(population) || population < 0) {
    throw malformed(place, `the population is none, got '${fields[COLUMN.population]!}'`, 'a whole number');
  }
  return {
    id,
    name: fields[COLUMN.name]!,
    latitude: degrees(place, fields[COLUMN.latitude]!, { what: 'latitude', most: 90 }),
    longitude: degrees(place, fields[COLUMN.longitude]!, { what: 'longitude', most: 180 }),
    featureClass: fields[COLUMN.featureClass]!,
    featureCode: fields[COLUMN.featureCode]!,
    countryCode: fields[COLUMN.country]!,
    admin1: fields[COLUMN.admin1]!,
    population,
  };
}

function degrees(place: string, text: string, { what, most }: { what: string; most: number }): number {
  const value = text === '' ? NaN : Number(text);
  if (value >= -most && value <= most) return value;
  throw malformed(place, `the ${what} is none, got '${text}'`, `degrees in -${most}..${most}`);
}

function malformed(place: string, what: string, expected: string): NerError {
  return new NerError(
    'E_GAZETTEER_MALFORMED',
    `${place}: ${what}; expected ${expected}, as in a dump of GeoNames. Correct or remove the line.`,
  );
}
