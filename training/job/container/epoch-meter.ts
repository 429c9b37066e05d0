import type { METRIC_DEFINITIONS } from '../../../shared/contracts/training-job.ts';
import type { JobEvent } from '../training-job.ts';

type MetricName = (typeof METRIC_DEFINITIONS)[number]['name'];

/** The figures of an epoch, one line at its end, as METRIC_DEFINITIONS reads them: `val_f1=0.4711;`. */
export interface EpochMeter {
  /** The line, for an event that ends an epoch. */
  readonly line: (event: JobEvent) => string | undefined;
}

/** @param nowMs a clock that never goes back */
export function createEpochMeter(nowMs: () => number): EpochMeter {
  let sentences = 0;
  let from = nowMs();
  let until = from;
  const begin = (): void => {
    sentences = 0;
    from = nowMs();
    until = from;
  };
  return {
    line(event) {
      if (event.type === 'start') begin();
      if (event.type === 'step') {
        sentences += event.sentences;
        until = nowMs();
      }
      if (event.type !== 'epoch') return undefined;
      const figures: Readonly<Record<MetricName, number>> = {
        'train:epoch': event.epoch,
        'train:loss': event.loss,
        'val:f1': event.dev.f1,
        // Without the look at dev. An epoch whose steps came all at once has taken no time that a clock shows.
        'train:tweets_per_second': Math.round((sentences * 1_000) / Math.max(1, until - from)),
      };
      begin();
      return Object.entries(figures)
        .map(([name, value]) => `${name.replace(':', '_')}=${value};`)
        .join(' ');
    },
  };
}
