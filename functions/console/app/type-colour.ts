/** A place on the colour wheel of OKLCH: hue in degrees, and how much of it (0 is grey). */
export interface TypeColour {
  readonly hue: number;
  readonly chroma: number;
}

/** The types of WNUT16, hues apart as far as ten allow; kinds that are met together are not neighbours. */
export const TYPE_COLOURS: Readonly<Record<string, TypeColour>> = {
  person: { hue: 255, chroma: 1 },
  'geo-loc': { hue: 150, chroma: 1 },
  company: { hue: 305, chroma: 1 },
  product: { hue: 60, chroma: 1 },
  facility: { hue: 190, chroma: 1 },
  movie: { hue: 20, chroma: 1 },
  musicartist: { hue: 345, chroma: 1 },
  sportsteam: { hue: 115, chroma: 1 },
  tvshow: { hue: 280, chroma: 1 },
  other: { hue: 255, chroma: 0.12 },
};

/** Types of other label sets that mean the same as one above have its colour. */
const ALIKE: Readonly<Record<string, string>> = {
  per: 'person',
  location: 'geo-loc',
  loc: 'geo-loc',
  corporation: 'company',
  org: 'company',
  group: 'sportsteam',
};

/** The colour of a type: of the table, or for another one always the same hue made from its name (FNV-1a). */
export function colourOf(type: string): TypeColour {
  const name = Object.hasOwn(ALIKE, type) ? ALIKE[type]! : type;
  const known = Object.hasOwn(TYPE_COLOURS, name) ? TYPE_COLOURS[name] : undefined;
  if (known !== undefined) return known;
  let hash = 0x811c9dc5;
  for (let i = 0; i < type.length; i++) hash = Math.imul(hash ^ type.charCodeAt(i), 0x01000193);
  return { hue: (hash >>> 0) % 360, chroma: 1 };
}
