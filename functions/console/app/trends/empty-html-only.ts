/** What of Trusted Types is used here; the types of the DOM library do not have them yet. */
interface TrustedTypes {
  createPolicy(name: string, rules: { readonly createHTML: (html: string) => string | null }): unknown;
}

/**
 * The page's policy forbids to make markup of text. The chart library empties its own element by `innerHTML = ''`; that
 * alone is let through, and everything else stays an error.
 */
export function allowEmptyHtml(): void {
  const types = (globalThis as { readonly trustedTypes?: TrustedTypes }).trustedTypes;
  types?.createPolicy('default', { createHTML: (html) => (html === '' ? html : null) });
}
