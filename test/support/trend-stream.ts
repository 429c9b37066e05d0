import { GRAIN_MS } from '../../shared/trends/grain.ts';
import { createRng } from '../../shared/random.ts';
import type { CountedPack, TrendStore } from '../../shared/trends/trend-store.ts';
import { trendRecord, type MadeName } from './trend-records.ts';

/** A name of a made-up stream: how often it comes. */
export interface StreamedName extends MadeName {
  /** The mean of its tweets in the five minutes that begin at this time, in milliseconds. */
  readonly rate: (time: number) => number;
}

export interface MadeStream {
  readonly from: number;
  readonly to: number;
  readonly names: readonly StreamedName[];
  /** Tweets without a name in the five minutes that begin at this time. */
  readonly others: (time: number) => number;
  readonly seed: number;
}

const STEP_MS = 5 * GRAIN_MS.minute;

/** Fills a store with a stream: a pack every five minutes, each name by a Poisson draw of its rate. */
export function streamTo(store: TrendStore, { from, to, names, others, seed }: MadeStream): void {
  const rng = createRng(seed);
  const packs: CountedPack[] = [];
  for (let time = from; time < to; time += STEP_MS) {
    const place = (): number => time + rng.int(STEP_MS);
    const records = names.flatMap(({ type, text, rate }) =>
      Array.from({ length: poisson(rate(time), rng) }, (_, i) =>
        trendRecord({ id: `${text} ${time} ${i}`, at: place(), names: [{ type, text }], author: `${text} ${i % 50}` }),
      ),
    );
    for (let i = 0; i < others(time); i++) records.push(trendRecord({ id: `- ${time} ${i}`, at: place(), names: [] }));
    packs.push({ packId: String(time), records });
  }
  store.addAll(packs);
}

/** The daily ebb and flow: from 0.4 in the small hours of UTC to 1.6 in the afternoon. */
export function dayWave(time: number): number {
  const day = (time % GRAIN_MS.day) / GRAIN_MS.day;
  return 1 - 0.6 * Math.cos(2 * Math.PI * (day - 0.125));
}

/** A Poisson number by counting exponential waits (Knuth, TAOCP 2, 3.4.1), in parts, so that e^-rate stays a number. */
function poisson(rate: number, rng: ReturnType<typeof createRng>): number {
  if (rate > 30) return poisson(rate / 2, rng) + poisson(rate / 2, rng);
  const limit = Math.exp(-rate);
  let product = rng.uniform();
  let n = 0;
  while (product > limit) {
    product *= rng.uniform();
    n += 1;
  }
  return n;
}
