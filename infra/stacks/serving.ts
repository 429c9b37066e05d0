import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import { EventBus } from 'aws-cdk-lib/aws-events';
import type { Construct } from 'constructs';
import { Api } from '../constructs/api.ts';
import { Backfill } from '../constructs/backfill.ts';
import type { Lake } from '../constructs/lake.ts';
import { LogKey } from '../constructs/log-key.ts';
import { Promote } from '../constructs/promote.ts';
import { Retrain } from '../constructs/retrain.ts';
import type { SigningKey } from '../constructs/signing-key.ts';
import { Tagger } from '../constructs/tagger.ts';
import type { Trainer } from '../constructs/trainer.ts';
import { Trends } from '../constructs/trends.ts';
import type { WorkQueue } from '../constructs/work-queue.ts';
import type { FunctionName, StageConfig } from '../stages.ts';
import type { Alias, Function } from 'aws-cdk-lib/aws-lambda';

export interface ServingStackProps extends StackProps {
  readonly stage: StageConfig;
  readonly lake: Lake;
  readonly signingKey: SigningKey;
  readonly trainer: Trainer;
  readonly bundles: string;
}

/** What runs: the six functions, their queues, and the bus on which they tell what was decided. */
export class ServingStack extends Stack {
  readonly bus: EventBus;
  readonly queues: Readonly<Record<'ingest' | 'trends' | 'uploads' | 'endedJobs', WorkQueue>>;
  readonly functions: Readonly<Record<FunctionName, { readonly function: Function; readonly alias: Alias }>>;
  readonly api: Api;
  readonly backfill: Backfill;

  constructor(scope: Construct, id: string, props: ServingStackProps) {
    super(scope, id, props);
    const { stage, lake, signingKey, trainer, bundles } = props;
    const setting = { stage, lake, bundles, logKey: new LogKey(this, 'LogKey') };
    this.bus = new EventBus(this, 'Bus', { description: `Tagwright ${stage.name}: models and datasets` });
    const trends = new Trends(this, 'Trends', setting);
    const tagger = new Tagger(this, 'Tagger', { ...setting, signingKey, trends: trends.stored });
    const retrain = new Retrain(this, 'Retrain', { ...setting, trainer, bus: this.bus });
    const promote = new Promote(this, 'Promote', { ...setting, signingKey, bus: this.bus });
    this.api = new Api(this, 'Api', { ...setting, signingKey, ingest: tagger.ingest });
    this.backfill = new Backfill(this, 'Backfill', { ...setting, signingKey });
    this.queues = {
      ingest: tagger.ingest,
      trends: trends.stored,
      uploads: retrain.uploads.work,
      endedJobs: promote.endedJobs.work,
    };
    this.functions = {
      tagger: tagger.service,
      trends: trends.service,
      retrain: retrain.service,
      promote: promote.service,
      api: this.api.service,
      backfill: this.backfill.service,
    };
    new CfnOutput(this, 'IngestQueueUrl', { value: tagger.ingest.queue.queueUrl, description: 'Packed tweets go here' });
  }
}
