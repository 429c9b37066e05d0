import { describe, expect, test } from 'vitest';
import { STAGES, stageConfig, stageConfigSchema, type StageConfig } from '../../infra/stages.ts';
import { fullStage, jwtStage } from '../support/infra/stage-variants.ts';

test.each(Object.keys(STAGES))('stage %s keeps its schema and is named as it is asked for', (name) => {
  expect(stageConfig(name).name).toBe(name);
});

test('fails when no stage has the name, and says which there are', () => {
  expect(() => stageConfig('production')).toThrow(
    "stage: no stage has this name, got 'production'; expected one of dev, prod. Add it to infra/stages.ts?",
  );
  expect(() => stageConfig('toString')).toThrow('no stage has this name');
});

test('fails when a stage breaks the schema, and says where', () => {
  const stages = { dev: { ...STAGES['dev']!, architecture: 'sparc' } };
  expect(() => stageConfig('dev', stages)).toThrow(/stage dev: infra\/stages\.ts breaks its schema:[^]*architecture/);
});

describe('settings that do not go together', () => {
  const cases: readonly (readonly [string, StageConfig, RegExp])[] = [
    ['an edge with jwt', { ...fullStage, api: { ...fullStage.api, auth: jwtStage.api.auth } }, /goes with iam only/],
    [
      'an edge in another region',
      { ...fullStage, environment: { account: '123456789012', region: 'eu-west-1' } },
      /us-east-1/,
    ],
    [
      'a budget that nobody hears of',
      { ...fullStage, watch: { ...fullStage.watch, email: undefined } },
      /give watch.email/,
    ],
  ];

  test.each(cases)('fails for %s', (_, stage, reason) => {
    expect(stageConfigSchema.safeParse(stage).error?.message).toMatch(reason);
  });
});
