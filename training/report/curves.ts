import type { WordFigures } from '../train/events.ts';
import type { HistoryEvent } from './report-input.ts';

/** A point of the loss curve: the mean of the steps since the point before. */
export interface LossPoint {
  readonly step: number;
  readonly loss: number;
}

export interface EpochPoint {
  readonly epoch: number;
  readonly loss: number;
  readonly devF1: number;
  /** Undefined where the run did not say. */
  readonly devWords: WordFigures | undefined;
  readonly best: boolean;
}

export interface Curves {
  readonly loss: readonly LossPoint[];
  readonly epochs: readonly EpochPoint[];
}

/** The most points that a curve has; more than a screen shows. */
export const MAX_CURVE_POINTS = 500;

/**
 * Loss by step and dev F1 by epoch. A run that was resumed may tell steps and epochs again: the last word counts. Long
 * curves are thinned to `MAX_CURVE_POINTS` by the mean of neighbours.
 */
export function curvesOf(history: readonly HistoryEvent[]): Curves {
  const steps = new Map<number, number>();
  const epochs = new Map<number, Omit<EpochPoint, 'best'>>();
  for (const event of history) {
    if (event.type === 'step') steps.set(event.step, event.loss);
    else {
      const { epoch, loss, dev, devWords } = event;
      epochs.set(epoch, { epoch, loss, devF1: dev.f1, devWords });
    }
  }
  const ordered = [...epochs.values()].sort((a, b) => a.epoch - b.epoch);
  const top = Math.max(...ordered.map((point) => point.devF1));
  const best = ordered.find((point) => point.devF1 === top)?.epoch;
  const loss = [...steps].sort(([a], [b]) => a - b).map(([step, value]) => ({ step, loss: value }));
  return {
    loss: thinned(loss),
    epochs: evenly(ordered).map((point) => ({ ...point, best: point.epoch === best })),
  };
}

/** Groups of equal size, each as its last step with its mean loss. */
function thinned(points: readonly LossPoint[]): readonly LossPoint[] {
  const size = Math.ceil(points.length / MAX_CURVE_POINTS);
  if (size <= 1) return points;
  return Array.from({ length: Math.ceil(points.length / size) }, (_, i) => {
    const group = points.slice(i * size, (i + 1) * size);
    return { step: group.at(-1)!.step, loss: group.reduce((sum, point) => sum + point.loss, 0) / group.length };
  });
}

/** Every so-manieth epoch, counted from the last one. */
function evenly<T>(points: readonly T[]): readonly T[] {
  const size = Math.ceil(points.length / MAX_CURVE_POINTS);
  return size <= 1 ? points : points.filter((_, i) => (points.length - 1 - i) % size === 0);
}
