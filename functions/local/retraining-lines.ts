import type { DatasetRefused, ModelPromoted, ModelRefused, TrainingJobChanged } from '../../shared/contracts/events.ts';

/** What the log says of an event of retraining. */
export function retrainingLine(event: TrainingJobChanged | ModelPromoted | ModelRefused | DatasetRefused): string {
  switch (event['detail-type']) {
    case 'SageMaker Training Job State Change': {
      const { TrainingJobName: job, TrainingJobStatus: status, SecondaryStatus: stage } = event.detail;
      return `job ${job}: ${stage ?? status}`;
    }
    case 'Model Promoted':
      return `model ${event.detail.modelId} is promoted, in place of ${event.detail.previous ?? 'none'}`;
    case 'Model Refused':
      return `job ${event.detail.job} brings no other model: ${event.detail.reason}`;
    case 'Dataset Refused':
      return `${event.detail.key} is refused: ${event.detail.code}: ${event.detail.reason}`;
  }
}
