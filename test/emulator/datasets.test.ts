import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { randomUUID } from 'node:crypto';
import { expect, inject, test } from 'vitest';
import { s3Client } from '../support/aws/emulator-clients.ts';
import { cli } from '../support/cli.ts';
import { SAMPLE } from '../support/trained-bundle.ts';

const endpoint = inject('motoUrl');

test.skipIf(endpoint === '')('tagwright upload and datasets work on a bucket', async () => {
  const bucket = `tagwright-${randomUUID()}`;
  await s3Client(endpoint).send(new CreateBucketCommand({ Bucket: bucket }));
  const env = {
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'x',
    AWS_SECRET_ACCESS_KEY: 'x',
  };
  const run = (...args: readonly string[]): ReturnType<typeof cli> => cli([...args, '--bucket', bucket], { env });
  expect((await run('datasets')).stderr).toContain(`s3://${bucket} has no dataset and no run`);
  const uploaded = await run('upload', SAMPLE, '--dataset', 'sample');
  expect(uploaded.stderr).not.toContain('E_');
  expect(uploaded.code).toBe(0);
  const { stdout } = await run('datasets', '--json');
  const { datasets } = JSON.parse(stdout) as {
    readonly datasets: readonly { readonly name: string; readonly runs: number }[];
  };
  expect(datasets).toMatchObject([{ name: 'sample', runs: 0 }]);
});
