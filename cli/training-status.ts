import type { TrainingStatus } from '../shared/contracts/api.ts';
import type { JobEvent } from '../training/job/training-job.ts';

/** Folds a job's events into what the page shows of it; undefined before the first step is planned. */
export function createTrainingStatus(clock: () => number): (event: JobEvent) => TrainingStatus | undefined {
  let status: TrainingStatus | undefined;
  let startedAt = 0;
  let firstStep = 0;
  let sentences = 0;
  return (event) => {
    if (event.type === 'start') {
      startedAt = clock();
      firstStep = event.finishedSteps;
      status = { step: firstStep, steps: event.totalSteps, epoch: 1, epochs: event.epochs };
    } else if (event.type === 'step' && status !== undefined) {
      sentences += event.sentences;
      const seconds = Math.max((clock() - startedAt) / 1000, 1e-3);
      const stepsPerSecond = (event.step - firstStep) / seconds;
      status = {
        ...status,
        step: event.step,
        epoch: event.epoch,
        loss: event.loss,
        tweetsPerSecond: sentences / seconds,
        secondsLeft: (status.steps - event.step) / stepsPerSecond,
      };
    } else if (event.type === 'epoch' && status !== undefined) {
      status = { ...status, devF1: event.dev.f1 };
    }
    return status;
  };
}
