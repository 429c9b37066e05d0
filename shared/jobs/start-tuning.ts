import {
  CreateHyperParameterTuningJobCommand,
  DescribeHyperParameterTuningJobCommand,
  type SageMakerClient,
} from '@aws-sdk/client-sagemaker';
import { askCloud } from '../cloud/cloud-error.ts';
import { NerError } from '../ner-error.ts';
import { assertSameJob } from './job-errors.ts';
import type { SageMakerSettings } from './sagemaker-request.ts';
import { createTuningRequest } from './sagemaker-tuning-request.ts';
import { assertTuningSpec, type TuningSpec } from './tuning-spec.ts';

/**
 * Starts a search on SageMaker. As with jobs, its name makes it idempotent; that its trials end is told on the event bus.
 *
 * @returns whether this call started it
 * @throws {E_JOB_INVALID} the spec breaks a rule of the platform
 * @throws {E_JOB_CONFLICT} the name is in use for a search with another fingerprint
 * @throws {E_CLOUD_DENIED} {E_CLOUD_UNREACHABLE} {E_CLOUD_REFUSED}
 */
export async function startTuning(
  client: SageMakerClient,
  settings: SageMakerSettings,
  spec: TuningSpec,
): Promise<boolean> {
  assertTuningSpec(spec);
  const { name } = spec.job;
  const call = { service: 'sagemaker', resource: name };
  try {
    const command = new CreateHyperParameterTuningJobCommand(createTuningRequest(settings, spec));
    await askCloud({ ...call, action: 'CreateHyperParameterTuningJob' }, () => client.send(command));
    return true;
  } catch (error) {
    const cause = error instanceof NerError ? error.cause : undefined;
    if (!(cause instanceof Error && cause.name === 'ResourceInUse')) throw error;
    const command = new DescribeHyperParameterTuningJobCommand({ HyperParameterTuningJobName: name });
    const there = await askCloud({ ...call, action: 'DescribeHyperParameterTuningJob' }, () => client.send(command));
    assertSameJob(spec.job, { hyperparameters: there.TrainingJobDefinition?.StaticHyperParameters ?? {} });
    return false;
  }
}
