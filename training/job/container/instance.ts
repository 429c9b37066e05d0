import { z } from 'zod';
import { GPU_INSTANCE_TYPE } from '../../../shared/contracts/training-job.ts';
import { NerError } from '../../../shared/ner-error.ts';
import { readConfig } from './read-config.ts';

/** The machine that a job runs on. */
export interface Instance {
  /** `ml.g5.xlarge` say; undefined where nobody says. */
  readonly type: string | undefined;
  readonly hasGpu: boolean;
}

const resourceSchema = z.looseObject({
  hosts: z.array(z.string()).optional(),
  current_instance_type: z.string().optional(),
});

/**
 * Reads what the platform says of the machine; all of it may be left out.
 *
 * @throws {E_TRAINING_INPUT} for more hosts than one: each of them would train the same
 */
export async function readInstance(file: string): Promise<Instance> {
  const { hosts = [], current_instance_type: type } = await readConfig(file, resourceSchema);
  if (hosts.length > 1) {
    throw new NerError(
      'E_TRAINING_INPUT',
      `resourceconfig.json: the job has several hosts, got ${hosts.length}; expected 1. Set InstanceCount to 1.`,
    );
  }
  return { type, hasGpu: type !== undefined && GPU_INSTANCE_TYPE.test(type) };
}
