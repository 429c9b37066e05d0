import { Duration } from 'aws-cdk-lib';
import type { SqsEventSourceProps } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Construct } from 'constructs';
import type { taggerEnvironmentSchema } from '../../shared/contracts/environment.ts';
import type { StageConfig } from '../stages.ts';
import { ServiceFunction, type FunctionSetting } from './service-function.ts';
import type { SigningKey } from './signing-key.ts';
import { WorkQueue } from './work-queue.ts';

export interface TaggerProps extends FunctionSetting {
  readonly signingKey: SigningKey;
  /** Is told of packs that were stored. */
  readonly trends: WorkQueue;
}

/** The ingest queue and what tags its packs. */
export class Tagger extends Construct {
  readonly ingest: WorkQueue;
  readonly service: ServiceFunction<typeof taggerEnvironmentSchema>;

  constructor(scope: Construct, id: string, { signingKey, trends, ...setting }: TaggerProps) {
    super(scope, id);
    const { stage, lake } = setting;
    const timeout = Duration.seconds(stage.tagger.timeoutSeconds);
    this.ingest = new WorkQueue(this, 'Ingest', { timeout, window: Duration.seconds(1) });
    this.service = new ServiceFunction<typeof taggerEnvironmentSchema>(this, 'Service', {
      ...setting,
      name: 'tagger',
      memoryMb: stage.tagger.memoryMb,
      timeout,
      environment: {
        TAGWRIGHT_BUCKET: lake.bucket.bucketName,
        TAGWRIGHT_STAGE: stage.name,
        TAGWRIGHT_SIGNING_KEY: signingKey.key.keyArn,
        TAGWRIGHT_MODEL_POLL_SECONDS: String(stage.modelPollSeconds),
        TAGWRIGHT_TRENDS_QUEUE_URL: trends.queue.queueUrl,
      },
    });
    signingKey.grantVerify(this.service.role);
    this.service.allow(['sqs:SendMessage'], [trends.queue.queueArn]);
    this.service.workOn(this.ingest, scaling(stage));
  }
}

function scaling({ tagger }: StageConfig): Pick<SqsEventSourceProps, 'maxConcurrency' | 'provisionedPollerConfig'> {
  switch (tagger.scaling.kind) {
    case 'concurrency':
      return { maxConcurrency: tagger.scaling.max };
    case 'pollers':
      return { provisionedPollerConfig: { minimumPollers: tagger.scaling.min, maximumPollers: tagger.scaling.max } };
  }
}
