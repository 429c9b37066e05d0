import { Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Lake } from '../constructs/lake.ts';
import { Trainer, type TrainerImage } from '../constructs/trainer.ts';
import type { StageConfig } from '../stages.ts';

export interface TrainingStackProps extends StackProps {
  readonly stage: StageConfig;
  readonly lake: Lake;
  readonly image: TrainerImage;
}

/** What training jobs run in. The jobs themselves are started by the retrain function. */
export class TrainingStack extends Stack {
  readonly trainer: Trainer;

  constructor(scope: Construct, id: string, { stage, lake, image, ...props }: TrainingStackProps) {
    super(scope, id, props);
    this.trainer = new Trainer(this, 'Trainer', { stage, lake, image });
  }
}
