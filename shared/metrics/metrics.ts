import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { type LabelArgument, type MetricDef, type MetricName, METRICS } from './metric-table.ts';

/** Counters, gauges and histograms of one host, by the names of the table. */
export interface Metrics {
  add<Name extends MetricName<'counter'>>(name: Name, amount: number, ...labels: LabelArgument<Name>): void;
  set<Name extends MetricName<'gauge'>>(name: Name, value: number, ...labels: LabelArgument<Name>): void;
  /** Forgets every value of the gauge, so that labels that are gone are not told for ever. */
  clear(name: MetricName<'gauge'>): void;
  observe<Name extends MetricName<'histogram'>>(name: Name, value: number, ...labels: LabelArgument<Name>): void;
  /** Calls back before each `text`, for gauges that are read rather than kept. */
  onScrape(collect: () => void | Promise<void>): void;
  /** Everything in the text form of Prometheus, metrics of the process and of Node included. */
  text(): Promise<string>;
  readonly contentType: string;
}

interface Meters {
  readonly counter: ReadonlyMap<string, Counter>;
  readonly gauge: ReadonlyMap<string, Gauge>;
  readonly histogram: ReadonlyMap<string, Histogram>;
}

/** Metrics with a registry of their own: several hosts in one process do not share counts. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const { counter, gauge, histogram } = createMeters(registry);
  const collectors: (() => void | Promise<void>)[] = [];
  return {
    add: (name, amount, labels = {}) => {
      counter.get(name)!.inc(labels, amount);
    },
    set: (name, value, labels = {}) => {
      gauge.get(name)!.set(labels, value);
    },
    clear: (name) => {
      gauge.get(name)!.reset();
    },
    observe: (name, value, labels = {}) => {
      histogram.get(name)!.observe(labels, value);
    },
    onScrape: (collect) => {
      collectors.push(collect);
    },
    text: async () => {
      for (const collect of collectors) await collect();
      return registry.metrics();
    },
    contentType: registry.contentType,
  };
}

function createMeters(registry: Registry): Meters {
  const rows = Object.entries<MetricDef>(METRICS);
  const common = (name: string, { help, labels = [] }: MetricDef) => {
    return { name, help, labelNames: [...labels], registers: [registry] };
  };
  const made = <M>(kind: MetricDef['kind'], make: (name: string, def: MetricDef) => M): ReadonlyMap<string, M> =>
    new Map(rows.filter(([, def]) => def.kind === kind).map(([name, def]) => [name, make(name, def)]));
  return {
    counter: made('counter', (name, def) => new Counter(common(name, def))),
    gauge: made('gauge', (name, def) => new Gauge(common(name, def))),
    histogram: made('histogram', (name, def) => {
      return new Histogram({ ...common(name, def), buckets: [...(def.buckets ?? [])] });
    }),
  };
}
