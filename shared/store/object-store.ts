/** Half-open byte range; `end` past the object's size stops at its size, as `slice` does. */
export interface ByteRange {
  readonly start?: number;
  readonly end?: number;
}

/** What a listing tells of an object. */
export interface ObjectInfo {
  readonly key: string;
  readonly sizeBytes: number;
  /** Opaque; changes when the bytes do. The same bytes put again may have another one: on S3 they do under KMS. */
  readonly etag: string;
}

/** An object with the bytes that were asked for; `sizeBytes` is that of the whole object. */
export interface StoredObject extends ObjectInfo {
  readonly body: Uint8Array;
}

/** At most one of the two. */
export interface PutCondition {
  /** Only if there is no object under the key. */
  readonly ifNoneMatch?: '*';
  /** Only if the object under the key has this ETag. */
  readonly ifMatch?: string;
}

/**
 * Objects under keys, as in S3. A put is seen whole or not at all, and is on disk when it resolves. Keys are segments
 * of `A-Z a-z 0-9 _ - . = @ + ,` joined by `/`; unlike in S3 a key cannot be the folder of another key.
 *
 * @throws E_STORE_KEY from every method for a key that breaks those rules.
 */
export interface ObjectStore {
  /** The object, or undefined when there is none. */
  get(key: string, range?: ByteRange): Promise<StoredObject | undefined>;
  head(key: string): Promise<ObjectInfo | undefined>;
  /** @throws E_STORE_CONFLICT when the condition does not hold; nothing is written then. */
  put(key: string, body: Uint8Array, condition?: PutCondition): Promise<{ readonly etag: string }>;
  /** Every object whose key begins with `prefix` (any string), in the byte order of the keys. */
  list(prefix: string): AsyncIterable<ObjectInfo>;
  /** The keys of `list` alone, which on disk needs no look into the objects. */
  keys(prefix: string): AsyncIterable<string>;
  /** No error when there is nothing to delete. */
  delete(key: string): Promise<void>;
}
