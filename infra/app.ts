import { Tags, Validations, type App, type Environment } from 'aws-cdk-lib';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import type { TrainerImage } from './constructs/trainer.ts';
import { WrittenReasons } from './constructs/written-reasons.ts';
import { DataStack } from './stacks/data.ts';
import { ServingStack } from './stacks/serving.ts';
import { TrainingStack } from './stacks/training.ts';
import { WatchStack } from './stacks/watch.ts';
import type { StageConfig } from './stages.ts';

/** What is built before the stacks are. */
export interface AppAssets {
  /** The folder with a folder for each function. */
  readonly bundles: string;
  readonly trainer: TrainerImage;
}

export interface StageOptions {
  readonly stage: StageConfig;
  readonly assets: AppAssets;
  readonly removeDataOnDestroy: boolean;
}

export interface StageStacks {
  readonly data: DataStack;
  readonly training: TrainingStack;
  readonly serving: ServingStack;
  readonly watch: WatchStack;
}

/** The four stacks of a stage, by how long what is in them lives. */
export function addStage(app: App, { stage, assets, removeDataOnDestroy }: StageOptions): StageStacks {
  const name = (part: string): string => `Tagwright-${stage.name}-${part}`;
  const env: { readonly env?: Environment } = stage.environment === undefined ? {} : { env: stage.environment };
  const data = new DataStack(app, name('Data'), {
    ...env,
    description: 'Tagwright: data lake and signing key',
    terminationProtection: stage.terminationProtection,
    stage,
    removeDataOnDestroy,
  });
  const { lake, signingKey } = data;
  const training = new TrainingStack(app, name('Training'), {
    ...env,
    description: 'Tagwright: what training jobs run in',
    stage,
    lake,
    image: assets.trainer,
  });
  const serving = new ServingStack(app, name('Serving'), {
    ...env,
    description: 'Tagwright: functions and queues',
    stage,
    lake,
    signingKey,
    trainer: training.trainer,
    bundles: assets.bundles,
  });
  const watch = new WatchStack(app, name('Watch'), {
    ...env,
    description: 'Tagwright: alarms, dashboard, budget',
    stage,
    serving,
  });
  Tags.of(app).add('app', 'tagwright');
  Tags.of(app).add('stage', stage.name);
  Tags.of(data).add('data-classification', 'personal');
  return { data, training, serving, watch };
}

/** Lets nothing be synthesised that cdk-nag has something against, except what a reason is written for. */
export function addChecks(app: App): void {
  Validations.of(app).addPlugins(new WrittenReasons(app), new AwsSolutionsChecks(app), new ServerlessChecks(app));
}
