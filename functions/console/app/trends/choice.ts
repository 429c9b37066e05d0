import type { TrendWindow } from '../../../../shared/contracts/trends.ts';

/** What is chosen to be seen. It is in the page's address, so that a view can be sent to somebody. */
export interface Choice {
  readonly window: TrendWindow;
  readonly order: 'rising' | 'count';
  /** Empty for all. */
  readonly type: string;
  readonly q: string;
  /** The name that is open; undefined while none was chosen. */
  readonly key: string | undefined;
}

const WINDOWS: readonly TrendWindow[] = ['10m', '1h', '1d'];

/** How a window is spoken of. */
export const WINDOW_TEXTS: Readonly<Record<TrendWindow, string>> = {
  '10m': 'the last 10 minutes',
  '1h': 'the last hour',
  '1d': 'the last day',
};

/** The choice that an address holds; what it does not say, or says wrongly, is as usual. */
export function readChoice(search: string): Choice {
  const query = new URLSearchParams(search);
  return {
    window: WINDOWS.find((window) => window === query.get('window')) ?? '1h',
    order: query.get('order') === 'count' ? 'count' : 'rising',
    type: query.get('type') ?? '',
    q: (query.get('q') ?? '').slice(0, 100),
    key: query.get('key') ?? undefined,
  };
}

/** The address of a choice, without what is as usual. */
export function writeChoice({ window, order, type, q, key }: Choice): string {
  const query = new URLSearchParams();
  if (window !== '1h') query.set('window', window);
  if (order !== 'rising') query.set('order', order);
  if (type !== '') query.set('type', type);
  if (q !== '') query.set('q', q);
  if (key !== undefined) query.set('key', key);
  const text = query.toString();
  return text === '' ? '' : `?${text}`;
}
