import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { type FunctionMetric, METRICS_NAMESPACE } from '../../shared/contracts/function-metrics.ts';

/** Counts of a function, told to CloudWatch by one line of its log a batch (embedded metric format). */
export interface FunctionMetrics {
  add(metric: FunctionMetric, count: number): void;
  /** Writes the line; nothing where nothing was counted. */
  publish(): void;
}

export interface FunctionIdentity {
  /** The function's name. */
  readonly service: string;
  readonly stage: string;
}

export function createFunctionMetrics({ service, stage }: FunctionIdentity): FunctionMetrics {
  const metrics = new Metrics({
    namespace: METRICS_NAMESPACE,
    serviceName: service,
    defaultDimensions: { stage },
  });
  let counts = new Map<FunctionMetric, number>();
  return {
    add: (metric, count) => {
      if (count > 0) counts.set(metric, (counts.get(metric) ?? 0) + count);
    },
    publish: () => {
      const counted = counts;
      counts = new Map();
      if (counted.size === 0) return;
      for (const [metric, count] of counted) metrics.addMetric(metric, MetricUnit.Count, count);
      metrics.publishStoredMetrics();
    },
  };
}
