import { bilstmHead, bilstmHeadParameters } from './bilstm-head.ts';
import { convolutionHead, convolutionHeadParameters } from './convolution-head.ts';
import type { Head, HeadSize } from './head.ts';
import type { HeadName, HeadSettingsOf } from './head-settings.ts';
import { linearHead, linearHeadParameters } from './linear-head.ts';

export type { Head, HeadOptions, HeadSize } from './head.ts';
export { headSettingsSchema, type HeadName, type HeadSettings } from './head-settings.ts';

/** How each head is made from its settings. */
export const heads = {
  linear: (_, size) => ({ parameters: linearHeadParameters(size), logits: linearHead }),
  convolution: (settings, size) => ({
    parameters: convolutionHeadParameters(settings, size),
    logits: (p, hidden, options) => convolutionHead(p, hidden, { window: settings.window, ...options }),
  }),
  bilstm: (settings, size) => ({
    parameters: bilstmHeadParameters(settings, size),
    logits: (p, hidden, options) => bilstmHead(p, hidden, { layers: settings.layers, ...options }),
  }),
} satisfies { readonly [K in HeadName]: (settings: HeadSettingsOf<K>, size: HeadSize) => Head };

/** The head that the settings name. */
export function createHead<K extends HeadName>(
  settings: HeadSettingsOf<K> & { readonly kind: K },
  size: HeadSize,
): Head {
  const table: { readonly [N in HeadName]: (settings: HeadSettingsOf<N>, size: HeadSize) => Head } = heads;
  return table[settings.kind](settings, size);
}
