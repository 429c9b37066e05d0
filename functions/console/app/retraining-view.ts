import type { JobSummary, RetrainingStatus } from '../../../shared/contracts/api.ts';
import { byId, setText } from './element.ts';
import { formatCount } from './numbers.ts';
import { dateText, jobFacts, jobTitle } from './retraining-texts.ts';

/** Wires up what is said of the training jobs of uploads; hidden until there is one. */
export function createRetrainingView(): (retraining: RetrainingStatus | undefined) => void {
  const section = byId('retraining', HTMLElement);
  const job = byId('retraining-job', HTMLElement);
  const title = byId('retraining-job-title', HTMLElement);
  const facts = byId('retraining-job-facts', HTMLElement);
  const last = byId('retraining-last', HTMLElement);
  const verdict = byId('retraining-verdict', HTMLElement);
  const lastTitle = byId('retraining-last-title', HTMLElement);
  const reason = byId('retraining-reason', HTMLElement);

  const showJob = (running: JobSummary | null, waiting: number): void => {
    job.hidden = running === null && waiting === 0;
    if (running !== null) {
      setText(title, jobTitle(running));
      setText(facts, jobFacts(running, waiting));
    } else if (waiting > 0) {
      setText(title, `${formatCount(waiting)} ${waiting === 1 ? 'dataset' : 'datasets'} to train on`);
      setText(facts, 'Waiting for the trainer');
    }
  };
  const showLast = (decided: JobSummary | null): void => {
    last.hidden = decided?.decision === undefined;
    if (decided?.decision === undefined) return;
    const { verdict: found, reason: why, decidedAt } = decided.decision;
    setText(verdict, found);
    verdict.dataset['verdict'] = found;
    setText(lastTitle, `${decided.dataset.split('/')[0]!}, ${dateText(decidedAt)}`);
    setText(reason, why);
  };
  return (retraining) => {
    section.hidden =
      retraining === undefined || (retraining.running === null && retraining.waiting === 0 && retraining.last === null);
    if (retraining === undefined) return;
    showJob(retraining.running, retraining.waiting);
    showLast(retraining.last);
  };
}
