/** The entity types in the tags of `sentences`, sorted by code unit; everything after the first `-` is the type. */
export function entityTypes(sentences: readonly { readonly tags: readonly string[] }[]): readonly string[] {
  const types = new Set<string>();
  for (const { tags } of sentences) for (const tag of tags) if (tag !== 'O') types.add(tag.slice(2));
  return [...types].sort();
}
