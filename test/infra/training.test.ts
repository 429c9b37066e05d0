import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, test } from 'vitest';
import { policyStatements } from '../support/infra/policy-statements.ts';
import { fullStage } from '../support/infra/stage-variants.ts';
import { stageConfig } from '../../infra/stages.ts';
import { synthesize } from '../support/infra/synthesized-stage.ts';

describe('the trainer', { timeout: 60_000 }, () => {
  test('is taken on by SageMaker of this account alone', () => {
    synthesize(stageConfig('prod')).templates.training.hasResourceProperties('AWS::IAM::Role', {
      AssumeRolePolicyDocument: {
        Statement: [
          Match.objectLike({
            Principal: { Service: 'sagemaker.amazonaws.com' },
            Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
          }),
        ],
      },
    });
  });

  test('may make network interfaces only where the stage has a network', () => {
    const actions = (stage: typeof fullStage): string[] =>
      policyStatements(synthesize(stage).templates.training).flatMap((placed) => placed.actions);
    expect(actions(fullStage)).toContain('ec2:CreateNetworkInterface');
    expect(actions(stageConfig('prod')).filter((action) => action.startsWith('ec2:'))).toEqual([]);
  });
});
