import { childResult, startChild } from '../../support/run-child.ts';
import type { SourceOrder, SourceReport } from './source.ts';

/** A source process: what it did, once every tweet that was ordered is acknowledged. */
export async function startSource(order: SourceOrder): Promise<SourceReport> {
  const child = startChild(new URL('./source.ts', import.meta.url), [JSON.stringify(order)]);
  const { stdout, stderr, code } = await childResult(child);
  if (code !== 0) throw new Error(`the source ended with ${String(code)}: ${stderr}`);
  const report = JSON.parse(stdout) as SourceReport;
  if (report.acknowledged !== order.tweets) throw new Error(`${report.acknowledged} of ${order.tweets} acknowledged`);
  return report;
}
