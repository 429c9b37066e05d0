/** Titles of types, by the label sets of the recipes; the type itself for others. */
const TITLES: ReadonlyMap<string, string> = new Map([
  ['PROD', 'Products'],
  ['product', 'Products'],
  ['ORG', 'Organisations'],
  ['corporation', 'Companies'],
  ['company', 'Companies'],
  ['group', 'Groups'],
  ['PER', 'People'],
  ['person', 'People'],
  ['LOC', 'Places'],
  ['location', 'Places'],
  ['geo-loc', 'Places'],
  ['creative-work', 'Works'],
]);

/** How a page calls the names of a type. */
export function titleOfType(type: string): string {
  return TITLES.get(type) ?? type;
}

/** Types in the order in which a page has them: products first, for they are what is asked about; then as above. */
export function typeOrder(types: Iterable<string>): readonly string[] {
  const known = [...TITLES.keys()];
  const rank = (type: string): number => (TITLES.has(type) ? known.indexOf(type) : known.length);
  return [...new Set(types)].sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
}
