/** Types that say who, by the label sets of WNUT16, WNUT17, CoNLL, OntoNotes, GMB and TweetNER7, in lower case. */
const WHO = new Set(['person', 'per', 'musicartist']);

/** Types that say where. */
const WHERE = new Set(['geo-loc', 'location', 'loc', 'gpe', 'geo', 'facility', 'fac']);

/** Whether names of a type answer who or where; undefined for the others. */
export function kindOfType(type: string): 'who' | 'where' | undefined {
  const name = type.toLowerCase();
  if (WHO.has(name)) return 'who';
  return WHERE.has(name) ? 'where' : undefined;
}
