import { NerError } from '../../shared/ner-error.ts';

/** @throws {E_TRAINING_DIVERGED} always: `what` names the step and the number that is none */
export function diverged(what: string): never {
  throw new NerError('E_TRAINING_DIVERGED', `train: ${what}; expected a number. Lower the learning rate.`);
}
