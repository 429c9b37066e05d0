import { nameKey } from './place-name.ts';

const LETTERS = Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZ');

/**
 * Countries and territories by the keys of their English names, as two letters of ISO 3166: what the Unicode CLDR of this
 * Node has, long and short forms.
 */
export const countryCodes: ReadonlyMap<string, string> = new Map(
  (['long', 'short'] as const).flatMap((style) => {
    const names = new Intl.DisplayNames(['en'], { type: 'region', style, fallback: 'none' });
    const codes = LETTERS.flatMap((first) => LETTERS.map((second) => first + second));
    return codes.flatMap((code) => {
      const name = names.of(code);
      return name === undefined ? [] : [[nameKey(name), code] as const];
    });
  }),
);
