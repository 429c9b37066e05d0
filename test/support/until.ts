import { setTimeout } from 'node:timers/promises';

/** Resolves once the condition holds; the test's own time limit ends what never does. */
export async function until(condition: () => boolean | Promise<boolean>, everyMs = 50): Promise<void> {
  while (!(await condition())) await setTimeout(everyMs);
}
