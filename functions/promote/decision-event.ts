import type { ModelPromoted, ModelRefused } from '../../shared/contracts/events.ts';
import type { Decision } from '../../shared/contracts/promotion.ts';

/**
 * What a decision is told as; nothing while it awaits an approval. The same decision is always the same event, with its id
 * and time: told twice it is a copy.
 */
export function decisionEvents(decision: Decision): readonly (ModelPromoted | ModelRefused)[] {
  const { job, verdict, modelId, champion, reason, decidedAt } = decision;
  const envelope = { id: `${verdict.replace(' ', '-')}-${job}`, time: decidedAt, source: 'tagwright' as const };
  switch (verdict) {
    case 'awaiting approval':
      return [];
    case 'promoted':
      return [
        {
          ...envelope,
          'detail-type': 'Model Promoted',
          // A decision for a model always names it.
          detail: { modelId: modelId!, previous: champion ?? null, job },
        },
      ];
    case 'refused':
    case 'no model':
      return [
        {
          ...envelope,
          'detail-type': 'Model Refused',
          detail: { job, ...(modelId === undefined ? {} : { modelId }), reason },
        },
      ];
  }
}
