import { expect, test } from 'vitest';
import { askCloud } from '../../../shared/cloud/cloud-error.ts';
import { NerError } from '../../../shared/ner-error.ts';

const call = { service: 's3', action: 'PutObject', resource: 'lake/models/current.json' };

interface SdkFields {
  readonly name?: string;
  readonly code?: string;
  readonly httpStatusCode?: number;
}

/** An error with the fields that the SDK gives it. */
function sdkError({ name = 'Error', code, httpStatusCode }: SdkFields): Error {
  const error = Object.assign(new Error('the reason'), code === undefined ? {} : { code });
  error.name = name;
  return httpStatusCode === undefined ? error : Object.assign(error, { $metadata: { httpStatusCode } });
}

test.each<[string, SdkFields, string]>([
  ['S3 without a grant', { name: 'AccessDenied', httpStatusCode: 403 }, 'E_CLOUD_DENIED'],
  ['others without a grant', { name: 'AccessDeniedException', httpStatusCode: 400 }, 'E_CLOUD_DENIED'],
  ['a key without a grant', { name: 'KmsAccessDenied', httpStatusCode: 400 }, 'E_CLOUD_DENIED'],
  ['credentials that ran out', { name: 'ExpiredTokenException', httpStatusCode: 400 }, 'E_CLOUD_DENIED'],
  ['a HEAD, which has no body', { name: 'Unknown', httpStatusCode: 403 }, 'E_CLOUD_DENIED'],
  ['no credentials', { name: 'CredentialsProviderError' }, 'E_CLOUD_DENIED'],
  ['nobody there', { code: 'ECONNREFUSED' }, 'E_CLOUD_UNREACHABLE'],
  ['no such host', { code: 'ENOTFOUND' }, 'E_CLOUD_UNREACHABLE'],
  ['a time-out', { name: 'TimeoutError' }, 'E_CLOUD_UNREACHABLE'],
  ['throttling', { name: 'ThrottlingException', httpStatusCode: 400 }, 'E_CLOUD_UNREACHABLE'],
  ['S3 throttling', { name: 'SlowDown', httpStatusCode: 503 }, 'E_CLOUD_UNREACHABLE'],
  ['a failure of the service', { name: 'InternalError', httpStatusCode: 500 }, 'E_CLOUD_UNREACHABLE'],
  ['a bucket that is not there', { name: 'NoSuchBucket', httpStatusCode: 404 }, 'E_CLOUD_REFUSED'],
  ['a value out of range', { name: 'ValidationException', httpStatusCode: 400 }, 'E_CLOUD_REFUSED'],
])('names %s', async (_, fields, code) => {
  const error = sdkError(fields);
  const failed = askCloud(call, async () => Promise.reject(error));
  await expect(failed).rejects.toMatchObject({ code, cause: error });
  await expect(failed).rejects.toThrow(/^s3: PutObject on lake\/models\/current\.json .*the reason/);
});

test('lets through what is no error of the cloud', async () => {
  const ours = new NerError('E_STORE_CONFLICT', 'store: x');
  const bug = new TypeError('x is undefined');
  const stopped = sdkError({ name: 'AbortError' });
  for (const error of [ours, bug, stopped, 'text'] as const) {
    await expect(askCloud(call, async () => Promise.reject(error as Error))).rejects.toBe(error);
  }
});

test('names a region that is not set', async () => {
  // As the SDK throws it at the first call.
  const failed = askCloud(call, async () => Promise.reject(new Error('Region is missing')));
  await expect(failed).rejects.toMatchObject({ code: 'E_CLOUD_REFUSED' });
  await expect(failed).rejects.toThrow(/Set AWS_REGION\.$/);
});
