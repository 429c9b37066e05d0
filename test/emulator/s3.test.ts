import {
  CreateBucketCommand,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { randomUUID } from 'node:crypto';
import { describe, expect, inject, test } from 'vitest';
import { S3ObjectStore } from '../../shared/store/s3-object-store.ts';
import { s3Client } from '../support/aws/emulator-clients.ts';
import { collect } from '../support/collect.ts';
import { objectStoreConformance } from '../support/conformance/object-store.ts';
import { codeOf } from '../support/error-code.ts';

const endpoint = inject('motoUrl');

async function makeStore() {
  const client = s3Client(endpoint);
  const bucket = `tagwright-${randomUUID()}`;
  await client.send(new CreateBucketCommand({ Bucket: bucket }));
  return { client, bucket, store: new S3ObjectStore({ client, bucket }) };
}

describe.skipIf(endpoint === '')('S3 on moto', () => {
  objectStoreConformance('S3ObjectStore', async () => (await makeStore()).store);

  test('lists more than a page of keys, in order', { timeout: 60_000 }, async () => {
    const { store } = await makeStore();
    const expected = Array.from({ length: 1_003 }, (_, i) => `models/${String(i).padStart(4, '0')}`);
    for (let start = 0; start < expected.length; start += 50) {
      await Promise.all(expected.slice(start, start + 50).map((key) => store.put(key, new Uint8Array(1))));
    }
    expect(await collect(store.keys('models/'))).toEqual(expected);
  });

  test('leaves out what the console makes of a folder', async () => {
    const { client, bucket, store } = await makeStore();
    await client.send(new PutObjectCommand({ Bucket: bucket, Key: 'datasets/', Body: '' }));
    await store.put('datasets/a', new Uint8Array(1));
    expect(await collect(store.keys(''))).toEqual(['datasets/a']);
  });

  test('overwrites and deletes so that older versions stay, where the bucket keeps them', async () => {
    const { client, bucket, store } = await makeStore();
    const enabled = { Status: 'Enabled' as const };
    await client.send(new PutBucketVersioningCommand({ Bucket: bucket, VersioningConfiguration: enabled }));
    await store.put('models/current.json', Buffer.from('one'));
    await store.put('models/current.json', Buffer.from('two'));
    await store.delete('models/current.json');
    expect(await store.get('models/current.json')).toBeUndefined();
    const { Versions } = await client.send(new ListObjectVersionsCommand({ Bucket: bucket }));
    expect(Versions).toHaveLength(2);
  });

  test('fails for a bucket that is not there, in every method', async () => {
    const store = new S3ObjectStore({ client: s3Client(endpoint), bucket: 'no-such-bucket' });
    const calls = [
      () => store.get('a'),
      () => store.put('a', new Uint8Array(1)),
      () => store.put('a', new Uint8Array(1), { ifNoneMatch: '*' }),
      () => collect(store.list('')),
    ];
    for (const call of calls) expect(await codeOf(call)).toBe('E_CLOUD_REFUSED');
  });
});
