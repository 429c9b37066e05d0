import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { S3ObjectStore } from '../../../shared/store/s3-object-store.ts';
import { s3Client } from '../../support/aws/emulator-clients.ts';
import { type RecordedAnswer, recordedAnswers } from '../../support/aws/recorded-answers.ts';
import { codeOf } from '../../support/error-code.ts';

// The suite of the port runs against an emulator: test/emulator/s3.test.ts. Here is what none does.

async function openStore(...answers: readonly RecordedAnswer[]) {
  const { endpoint, requests } = await recordedAnswers(answers);
  return { store: new S3ObjectStore({ client: s3Client(endpoint), bucket: 'lake' }), requests };
}

const refused = (status: number, code: string): RecordedAnswer => ({
  status,
  headers: { 'content-type': 'application/xml' },
  body: `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>no, said S3</Message></Error>`,
});

test('sends the SHA-256 of what it puts, by which S3 refuses bytes that were damaged on the way', async () => {
  const { store, requests } = await openStore({ status: 200, headers: { etag: '"one"' } });
  expect(await store.put('models/a', Buffer.from('abc'), { ifMatch: '"zero"' })).toEqual({ etag: '"one"' });
  const sha256 = createHash('sha256').update('abc').digest('base64');
  expect(requests[0]?.headers).toMatchObject({ 'x-amz-checksum-sha256': sha256, 'if-match': '"zero"' });
  expect(requests[0]?.body).toBe('abc');
});

test.each([
  [409, 'ConditionalRequestConflict'],
  [412, 'PreconditionFailed'],
])('takes HTTP %i for a condition that does not hold', async (status, code) => {
  const { store } = await openStore(refused(status, code));
  expect(await codeOf(() => store.put('a', new Uint8Array(1), { ifNoneMatch: '*' }))).toBe('E_STORE_CONFLICT');
});

test('takes 412 without a condition for what it is: no conflict', async () => {
  const { store } = await openStore(refused(412, 'PreconditionFailed'));
  expect(await codeOf(() => store.put('a', new Uint8Array(1)))).toBe('E_CLOUD_REFUSED');
});

test('does not take a bucket that is missing for an object that is', async () => {
  const { store } = await openStore(refused(404, 'NoSuchBucket'));
  expect(await codeOf(() => store.get('a'))).toBe('E_CLOUD_REFUSED');
});

test('asks again where S3 wants it slower', async () => {
  const { store, requests } = await openStore(refused(503, 'SlowDown'), refused(404, 'NoSuchKey'));
  expect(await store.get('a')).toBeUndefined();
  expect(requests).toHaveLength(2);
});

test('fails by name where a grant is missing', async () => {
  const { store } = await openStore(refused(403, 'AccessDenied'));
  await expect(store.put('models/current.json', new Uint8Array(1))).rejects.toThrow(
    's3: PutObject on lake/models/current.json is denied, got AccessDenied: no, said S3;',
  );
  expect(await codeOf(() => store.head('a'))).toBe('E_CLOUD_DENIED');
});
