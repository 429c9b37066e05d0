import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { METRICS } from '../../../shared/metrics/metric-table.ts';
import { createMetrics } from '../../../shared/metrics/metrics.ts';

const linesOf = (text: string, name: string): string[] => text.split('\n').filter((line) => line.startsWith(name));

test('counters add up, gauges are as they were set last, and neither is shared with another host', async () => {
  const [metrics, other] = [createMetrics(), createMetrics()];
  metrics.add('tagwright_tweets_tagged_total', 3);
  metrics.add('tagwright_tweets_tagged_total', 4);
  metrics.set('tagwright_queue_messages', 5, { state: 'ready' });
  metrics.set('tagwright_queue_messages', 2, { state: 'ready' });
  const text = await metrics.text();
  expect(linesOf(text, 'tagwright_tweets_tagged_total')).toEqual(['tagwright_tweets_tagged_total 7']);
  expect(linesOf(text, 'tagwright_queue_messages')).toEqual(['tagwright_queue_messages{state="ready"} 2']);
  expect(linesOf(await other.text(), 'tagwright_tweets_tagged_total')).toEqual(['tagwright_tweets_tagged_total 0']);
});

test('a histogram counts by its buckets, each of which holds the ones below', async () => {
  const metrics = createMetrics();
  for (const seconds of [0.004, 0.2, 7]) metrics.observe('tagwright_pack_latency_seconds', seconds);
  const text = await metrics.text();
  const bucket = (le: string): string[] => linesOf(text, `tagwright_pack_latency_seconds_bucket{le="${le}"}`);
  expect(bucket('0.005')).toEqual(['tagwright_pack_latency_seconds_bucket{le="0.005"} 1']);
  expect(bucket('0.25')).toEqual(['tagwright_pack_latency_seconds_bucket{le="0.25"} 2']);
  expect(bucket('+Inf')).toEqual(['tagwright_pack_latency_seconds_bucket{le="+Inf"} 3']);
  expect(linesOf(text, 'tagwright_pack_latency_seconds_sum')).toEqual(['tagwright_pack_latency_seconds_sum 7.204']);
});

test('a label value that is gone is forgotten, and states are read at each scrape', async () => {
  const metrics = createMetrics();
  let model = 'a';
  metrics.onScrape(() => {
    metrics.clear('tagwright_model_info');
    metrics.set('tagwright_model_info', 1, { model });
  });
  expect(linesOf(await metrics.text(), 'tagwright_model_info')).toEqual(['tagwright_model_info{model="a"} 1']);
  model = 'b';
  expect(linesOf(await metrics.text(), 'tagwright_model_info')).toEqual(['tagwright_model_info{model="b"} 1']);
});

test('memory of the process is told', async () => {
  const [line] = linesOf(await createMetrics().text(), 'process_resident_memory_bytes ');
  expect(Number(line!.split(' ')[1])).toBeGreaterThan(1_000_000);
});

test('docs/operations-local.md has a row for every metric, with its kind and labels, and for nothing else', () => {
  const page = readFileSync(new URL('../../../docs/operations-local.md', import.meta.url), 'utf8');
  const rows = [...page.matchAll(/^\| `(tagwright_\w+)` *\| (\w+) *\| ([^|]*?) *\|/gm)].map(
    ([, name, kind, labels]) => [name, kind, [...labels!.matchAll(/`(\w+)`/g)].map(([, label]) => label)],
  );
  const table = Object.entries(METRICS).map(([name, def]) => [name, def.kind, 'labels' in def ? [...def.labels] : []]);
  expect(rows.sort()).toEqual(table.sort());
});
