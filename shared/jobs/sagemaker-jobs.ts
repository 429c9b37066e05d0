import {
  CreateTrainingJobCommand,
  DescribeTrainingJobCommand,
  ListTrainingJobsCommand,
  type SageMakerClient,
  StopTrainingJobCommand,
} from '@aws-sdk/client-sagemaker';
import { askCloud } from '../cloud/cloud-error.ts';
import { TERMINAL_JOB_STATUSES } from '../contracts/training-job.ts';
import { NerError } from '../ner-error.ts';
import { assertSameJob, unknownJob } from './job-errors.ts';
import { assertJobSpec } from './job-spec.ts';
import { jobDescription } from './sagemaker-description.ts';
import { createTrainingJobRequest, type SageMakerSettings } from './sagemaker-request.ts';
import type { JobDescription, JobSpec, TrainingJobs } from './training-jobs.ts';

export interface SageMakerJobsOptions extends SageMakerSettings {
  readonly client: SageMakerClient;
  /** What the names of this app's and stage's jobs begin with: `list` gives those alone. */
  readonly namePrefix: string;
}

/** Jobs that `list` tells of when nobody says how many: each is a call. */
const LIST_DEFAULT = 50;

/** Jobs that are described at the same time. */
const LIST_CONCURRENCY = 5;

/**
 * Training jobs on SageMaker.
 *
 * @throws {E_CLOUD_DENIED, E_CLOUD_UNREACHABLE, E_CLOUD_REFUSED} from every method
 */
export class SageMakerJobs implements TrainingJobs {
  readonly #client: SageMakerClient;
  readonly #options: SageMakerJobsOptions;

  constructor(options: SageMakerJobsOptions) {
    this.#client = options.client;
    this.#options = options;
  }

  async start(spec: JobSpec): Promise<boolean> {
    assertJobSpec(spec);
    const command = new CreateTrainingJobCommand(createTrainingJobRequest(this.#options, spec));
    try {
      await this.#ask('CreateTrainingJob', spec.name, () => this.#client.send(command));
      return true;
    } catch (error) {
      switch (causeOf(error)?.name) {
        case 'ResourceInUse': {
          const there = await this.describe(spec.name);
          // Deleted in between: the platform will take the name when the event comes again.
          if (there === undefined) throw error;
          assertSameJob(spec, there);
          return false;
        }
        case 'ResourceLimitExceeded':
          throw new NerError(
            'E_JOB_LIMIT',
            `start: the platform takes no more jobs now, got ${JSON.stringify(causeOf(error)!.message)}; ` +
              `expected room for ${spec.name}. Wait, or have the quota raised.`,
            { cause: error },
          );
        case undefined:
        default:
          throw error;
      }
    }
  }

  async describe(name: string): Promise<JobDescription | undefined> {
    try {
      const command = new DescribeTrainingJobCommand({ TrainingJobName: name });
      return jobDescription(await this.#ask('DescribeTrainingJob', name, () => this.#client.send(command)));
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  async list({ max = LIST_DEFAULT }: { readonly max?: number } = {}): Promise<readonly JobDescription[]> {
    const names = await this.#names(max);
    const found: JobDescription[] = [];
    for (let start = 0; start < names.length; start += LIST_CONCURRENCY) {
      const some = await Promise.all(names.slice(start, start + LIST_CONCURRENCY).map((name) => this.describe(name)));
      found.push(...some.filter((job) => job !== undefined));
    }
    return found;
  }

  async stop(name: string): Promise<void> {
    if (await this.#isOver(name)) return;
    const command = new StopTrainingJobCommand({ TrainingJobName: name });
    try {
      await this.#ask('StopTrainingJob', name, () => this.#client.send(command));
    } catch (error) {
      // The platform refuses to stop a job that has ended meanwhile.
      if (!(await this.#isOver(name))) throw error;
    }
  }

  /** Whether the job has ended, or is about to because it was stopped. */
  async #isOver(name: string): Promise<boolean> {
    const there = await this.describe(name);
    if (there === undefined) throw unknownJob(name);
    return TERMINAL_JOB_STATUSES.has(there.status) || there.status === 'Stopping';
  }

  async #names(max: number): Promise<readonly string[]> {
    const names: string[] = [];
    const newestFirst = { SortBy: 'CreationTime', SortOrder: 'Descending' } as const;
    const { namePrefix } = this.#options;
    for (let token: string | undefined; names.length < max;) {
      const command = new ListTrainingJobsCommand({
        ...newestFirst,
        NameContains: namePrefix,
        MaxResults: 100,
        ...(token !== undefined && { NextToken: token }),
      });
      const page = await this.#ask('ListTrainingJobs', namePrefix, () => this.#client.send(command));
      const own = (page.TrainingJobSummaries ?? []).map(({ TrainingJobName }) => TrainingJobName!);
      names.push(...own.filter((name) => name.startsWith(namePrefix)));
      token = page.NextToken;
      if (token === undefined || token === '') break;
    }
    return names.slice(0, max);
  }

  #ask<T>(action: string, resource: string, work: () => Promise<T>): Promise<T> {
    return askCloud({ service: 'sagemaker', action, resource }, work);
  }
}

function causeOf(error: unknown): Error | undefined {
  return error instanceof NerError && error.cause instanceof Error ? error.cause : undefined;
}

/** SageMaker has no name of its own for a job that is not there: it says so in the message of a ValidationException. */
function isNotFound(error: unknown): boolean {
  const cause = causeOf(error);
  return cause !== undefined && /^Requested resource not found|^Could not find/.test(cause.message);
}
