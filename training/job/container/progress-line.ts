import type { JobEvent } from '../training-job.ts';

/** What a log tells of an event, in counts and names of ours: nothing of what was read is in it. Undefined for most. */
export function progressLine(event: JobEvent): string | undefined {
  switch (event.type) {
    case 'corpus': {
      const { train, dev, test, leftOut } = event;
      const frozen =
        leftOut === undefined
          ? ''
          : `; left out, because they are in the frozen test set: ${leftOut.train} of train, ${leftOut.dev} of dev`;
      return `corpus: ${train} sentences to train on, ${dev} dev, ${test} test, ${event.types.length} entity types${frozen}`;
    }
    case 'encoder':
      return `encoder: ${event.name}, ${event.architecture}, ${event.layers} layers of ${event.width}`;
    case 'resumed':
      return `resumed: from the checkpoint of step ${event.step} in epoch ${event.epoch + 1}`;
    case 'damaged':
      return `checkpoint: ${event.file} is not whole and was passed over`;
    case 'start':
      return `training: ${event.totalSteps} steps in ${event.epochs} epochs, ${event.finishedSteps} of them done`;
    case 'checkpoint':
      return `checkpoint: saved after step ${event.step}`;
    case 'interrupted':
      return `interrupted: after step ${event.step}`;
    case 'stopped':
      return `stopped early: after epoch ${event.epoch}`;
    case 'exported':
      return `model: ${event.modelId}`;
    case 'prepared':
    case 'repaired':
    case 'vectors':
    case 'teacher':
    case 'unlabelled':
    case 'labelling':
    case 'outside-bias':
    case 'fetching':
    case 'stale':
    case 'windows':
    case 'step':
    case 'epoch':
    case 'end':
    case 'exporting':
      return undefined;
  }
}
