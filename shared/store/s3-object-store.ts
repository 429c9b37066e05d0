import {
  DeleteObjectCommand,
  GetObjectCommand,
  type GetObjectCommandOutput,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { createHash } from 'node:crypto';
import { askCloud } from '../cloud/cloud-error.ts';
import { NerError } from '../ner-error.ts';
import type { ByteRange, ObjectInfo, ObjectStore, PutCondition, StoredObject } from './object-store.ts';
import { keySegments } from './store-key.ts';

export interface S3ObjectStoreOptions {
  readonly client: S3Client;
  readonly bucket: string;
}

/**
 * Objects in a bucket. Whoever reads needs `s3:ListBucket` as well as `s3:GetObject`: without it S3 answers 403 for a key
 * that is not there, which looks like a grant that is missing.
 *
 * A conditional put whose answer is lost is tried again by the SDK and then meets its own object, so E_STORE_CONFLICT can
 * mean that it was written by this very call.
 *
 * @throws {E_CLOUD_DENIED, E_CLOUD_UNREACHABLE, E_CLOUD_REFUSED} from every method
 */
export class S3ObjectStore implements ObjectStore {
  readonly #client: S3Client;
  readonly #bucket: string;

  constructor({ client, bucket }: S3ObjectStoreOptions) {
    this.#client = client;
    this.#bucket = bucket;
  }

  async get(key: string, { start = 0, end = Infinity }: ByteRange = {}): Promise<StoredObject | undefined> {
    keySegments(key);
    if (!(start >= 0 && end >= start)) {
      throw new NerError(
        'E_INTERNAL',
        `internal: get: byte range, got [${start}, ${end}); expected 0 <= start <= end.`,
      );
    }
    // HTTP has no empty range.
    if (start === end) return this.#getNothing(key);
    const range = start === 0 && end === Infinity ? {} : { Range: `bytes=${start}-${end === Infinity ? '' : end - 1}` };
    const input = { Bucket: this.#bucket, Key: key, ...range };
    const response = await this.#ask('GetObject', key, () => this.#client.send(new GetObjectCommand(input))).catch(
      (error: unknown) => ignoreStatus(error, [404, 416]),
    );
    if (response === 404) return undefined;
    if (response === 416) return this.#getNothing(key);
    const body = await this.#ask('GetObject', key, () => response.Body!.transformToByteArray());
    return { key, sizeBytes: sizeOf(response), etag: response.ETag!, body };
  }

  async head(key: string): Promise<ObjectInfo | undefined> {
    keySegments(key);
    const input = { Bucket: this.#bucket, Key: key };
    const response = await this.#ask('HeadObject', key, () => this.#client.send(new HeadObjectCommand(input))).catch(
      (error: unknown) => ignoreStatus(error, [404]),
    );
    return response === 404 ? undefined : { key, sizeBytes: response.ContentLength!, etag: response.ETag! };
  }

  async put(key: string, body: Uint8Array, condition: PutCondition = {}): Promise<{ readonly etag: string }> {
    keySegments(key);
    const input = {
      Bucket: this.#bucket,
      Key: key,
      Body: body,
      // S3 keeps it with the object and refuses bytes that were damaged on the way.
      ChecksumSHA256: createHash('sha256').update(body).digest('base64'),
      ...(condition.ifNoneMatch !== undefined && { IfNoneMatch: condition.ifNoneMatch }),
      ...(condition.ifMatch !== undefined && { IfMatch: condition.ifMatch }),
    };
    const isConditional = condition.ifNoneMatch !== undefined || condition.ifMatch !== undefined;
    // 412: the condition does not hold; 409: somebody else is writing under a condition; 404: If-Match without an object.
    const lost = isConditional ? [404, 409, 412] : [];
    const response = await this.#ask('PutObject', key, () => this.#client.send(new PutObjectCommand(input))).catch(
      (error: unknown) => ignoreStatus(error, lost),
    );
    if (typeof response !== 'number') return { etag: response.ETag! };
    throw new NerError(
      'E_STORE_CONFLICT',
      `store: ${key} was changed by someone else, got HTTP ${response}; ` +
        `expected ${condition.ifMatch ?? 'none'}. Read it again and decide anew.`,
    );
  }

  async *list(prefix: string): AsyncIterable<ObjectInfo> {
    for (let token: string | undefined; ;) {
      const input = { Bucket: this.#bucket, Prefix: prefix, ...(token !== undefined && { ContinuationToken: token }) };
      const page = await this.#ask('ListObjectsV2', prefix, () => this.#client.send(new ListObjectsV2Command(input)));
      for (const { Key: key, Size: sizeBytes, ETag: etag } of page.Contents ?? []) {
        // What the console makes where a folder is asked for is no object of ours.
        if (!key!.endsWith('/')) yield { key: key!, sizeBytes: sizeBytes!, etag: etag! };
      }
      if (page.IsTruncated !== true) return;
      token = page.NextContinuationToken;
    }
  }

  async *keys(prefix: string): AsyncIterable<string> {
    for await (const { key } of this.list(prefix)) yield key;
  }

  async delete(key: string): Promise<void> {
    keySegments(key);
    const input = { Bucket: this.#bucket, Key: key };
    await this.#ask('DeleteObject', key, () => this.#client.send(new DeleteObjectCommand(input)));
  }

  async #getNothing(key: string): Promise<StoredObject | undefined> {
    const info = await this.head(key);
    return info && { ...info, body: new Uint8Array(0) };
  }

  #ask<T>(action: string, key: string, work: () => Promise<T>): Promise<T> {
    return askCloud({ service: 's3', action, resource: `${this.#bucket}/${key}` }, work);
  }
}

/** Of the whole object, also where a range of it came. */
function sizeOf({ ContentLength: length, ContentRange: range }: GetObjectCommandOutput): number {
  return range === undefined ? length! : Number(range.slice(range.lastIndexOf('/') + 1));
}

/** The HTTP status of an answer that is expected; any other error is thrown again. A bucket that is missing is none of those. */
function ignoreStatus<const T extends number>(error: unknown, statuses: readonly T[]): T {
  const cause: unknown = error instanceof NerError ? error.cause : undefined;
  if (cause instanceof Error && cause.name !== 'NoSuchBucket' && '$metadata' in cause) {
    const { httpStatusCode } = cause.$metadata as { readonly httpStatusCode?: number };
    const expected = statuses.find((status) => status === httpStatusCode);
    if (expected !== undefined) return expected;
  }
  throw error;
}
