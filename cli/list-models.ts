import { createDecisions } from '../functions/promote/decisions.ts';
import { modelSummaries } from '../functions/api/model-summaries.ts';
import type { Decision } from '../shared/contracts/promotion.ts';
import type { RegisteredModel } from '../shared/registry/registry.ts';
import { formatBytes } from './format-bytes.ts';
import type { ModelPlace } from './open-registry.ts';
import { print } from './text-output.ts';
import { textTable, type TextColumn } from './text-table.ts';

/** Prints what is published, what was decided about it, and what waits for a word. Gives the exit code. */
export async function printModels({ name, store, registry }: ModelPlace, json: boolean): Promise<number> {
  const listing = await registry.list();
  const decisions = await createDecisions(store).list();
  if (json) {
    const found = { models: modelSummaries(listing), damaged: listing.damaged, decisions };
    await print(`${JSON.stringify(found, null, 2)}\n`);
  } else if (listing.models.length > 0) await print(asTable(listing.models, decisions));
  if (listing.models.length === 0) {
    say(`no model is published in ${name}; 'tagwright start' trains one, 'tagwright serve --model DIR' publishes one`);
  }
  for (const { id, reason } of listing.damaged) say(`warning: ${id} cannot be used: ${reason}`);
  for (const { verdict, job, modelId, reason } of decisions) {
    if (verdict !== 'awaiting approval') continue;
    say(`model ${modelId ?? ''} awaits a word: 'tagwright models approve ${job}' or 'reject'; ${reason}`);
  }
  return 0;
}

/** A star marks the current model. F1 in percent. */
const COLUMNS: readonly TextColumn[] = [
  { title: '' },
  { title: 'model' },
  { title: 'dev F1', align: 'right' },
  { title: 'test F1', align: 'right' },
  { title: 'size', align: 'right' },
  { title: 'verdict' },
  { title: 'types' },
];

function asTable(models: readonly RegisteredModel[], decisions: readonly Decision[]): string {
  // The newest comes first; what trained without a job, such as with `tagwright start`, was never judged.
  const verdictOf = (id: string): string => decisions.find(({ modelId }) => modelId === id)?.verdict ?? '-';
  return textTable(
    COLUMNS,
    models.map(({ manifest: { id, metrics, labels }, current, sizeBytes }) => [
      current ? '*' : ' ',
      id,
      f1Percent(metrics['dev']),
      f1Percent(metrics['test']),
      formatBytes(sizeBytes),
      verdictOf(id),
      labels.flatMap((label) => (label.startsWith('B-') ? [label.slice(2)] : [])).join(', '),
    ]),
  );
}

function f1Percent(metrics: { readonly entity: { readonly f1: number } } | undefined): string {
  return metrics === undefined ? '-' : (100 * metrics.entity.f1).toFixed(1);
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
