import { expect, test } from 'vitest';
import { cli } from '../support/cli.ts';

test('prints the bill, what dominates it, and that it is an estimate', async () => {
  const { code, stdout, stderr } = await cli(['cost', '--rate', '6000']);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^line +\$ a month +\$ a million +what it is\nSQS ingest +102\.86 +0\.0066 /);
  expect(stdout).toMatch(
    /^all +[\d.]+ +[\d.]+ +15\.552 billion tweets\n\nS3 PUT, results dominates: \d+ % of the bill\.\n$/m,
  );
  expect(stderr).toMatch(/^An estimate: us-east-1, .* are recalled/);
});

test('takes the settings of a stage, and flags instead of them', async () => {
  const flags = [
    '--retention-days',
    '30',
    '--tweet-bytes',
    '400',
    '--tweets-per-second-per-vcpu',
    '100',
    '--architecture',
    'x86',
  ];
  const { code, stdout } = await cli(['cost', '--rate', '10', '--stage', 'dev', '--json', ...flags]);
  expect([code, JSON.parse(stdout)]).toMatchObject([
    0,
    {
      stage: 'dev',
      load: {
        taggedDays: 30,
        tweetBytes: 400,
        tweetsPerSecondPerVcpu: 100,
        architecture: 'x86',
        trainingInstance: 'ml.m5.xlarge',
      },
    },
  ]);
});

test.each([
  ['--rate', 'many'],
  ['--rate', '-1'],
  ['--rate', '0'],
  ['--rate', '1', '--tweet-bytes', '1'],
])('fails for %s %s', async (...args) => {
  const { code, stderr } = await cli(['cost', ...args]);
  expect([code, stderr]).toEqual([2, expect.stringContaining('E_USAGE')]);
});

test('names the stages there are, without colours', async () => {
  const { code, stderr } = await cli(['cost', '--rate', '1', '--stage', 'moon']);
  expect([code, stderr]).toEqual([2, expect.stringContaining('--stage (moon). Expected one of: dev, prod.')]);
});
