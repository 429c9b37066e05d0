import { AwsSolutionsChecks, ServerlessChecks, type NagPack } from 'cdk-nag';
import type { App } from 'aws-cdk-lib';
import { describe, expect, test } from 'vitest';
import { applyWrittenReasons } from '../../infra/constructs/written-reasons.ts';
import { synthesize } from '../support/infra/synthesized-stage.ts';
import { STAGE_VARIANTS } from '../support/infra/stage-variants.ts';

const packs: readonly (readonly [string, (app: App) => NagPack])[] = [
  ['AwsSolutions', (app) => new AwsSolutionsChecks(app)],
  ['Serverless', (app) => new ServerlessChecks(app)],
];

describe.each(STAGE_VARIANTS)('stage %s', { timeout: 120_000 }, (_, stage) => {
  test.each(packs)('has no finding of the pack %s without a written reason', (_name, pack) => {
    const { app } = synthesize(stage);
    applyWrittenReasons(app);
    const { violations } = pack(app).validateScope(app);
    expect(violations.map(({ ruleName, violatingResources }) => [ruleName, violatingResources])).toEqual([]);
  });
});
