import type { Metrics } from '../../shared/metrics/metrics.ts';
import type { ModelEvent } from '../../shared/registry/model-watcher.ts';
import type { Alarms } from './alarms.ts';
import { messageOf } from './message-of.ts';

export interface ModelEventDeps {
  readonly log: (line: string) => void;
  readonly metrics: Metrics;
  readonly alarms: Alarms;
}

/** Tells operators what becomes of models: in the log, in metrics, and by an alarm for as long as one is refused. */
export function tellModelEvents({ log, metrics, alarms }: ModelEventDeps): (event: ModelEvent) => void {
  return (event) => {
    const line = lineOf(event);
    log(line);
    switch (event.kind) {
      case 'swapped':
        metrics.clear('tagwright_model_info');
        metrics.set('tagwright_model_info', 1, { model: event.modelId });
        metrics.add('tagwright_model_swaps_total', 1);
        alarms.clear('model_refused');
        break;
      case 'refused':
        metrics.add('tagwright_model_refusals_total', 1);
        alarms.raise('model_refused', line);
        break;
      case 'settled':
        alarms.clear('model_refused');
        break;
      case 'release-failed':
        break;
    }
  };
}

function lineOf(event: ModelEvent): string {
  switch (event.kind) {
    case 'swapped':
      return `model ${event.modelId} serves${event.previous === undefined ? '' : ` in place of ${event.previous}`}`;
    case 'refused':
      return `model ${event.modelId ?? '?'} is refused, the one in use goes on: ${messageOf(event.error)}`;
    case 'settled':
      return `model ${event.modelId} goes on, as the registry says again`;
    case 'release-failed':
      return `model ${event.modelId} could not be freed: ${messageOf(event.error)}`;
  }
}
