import { pointerSchema } from '../contracts/manifest.ts';
import type { Pointer } from '../contracts/manifest.ts';
import { canonicalJson } from '../model/canonical-json.ts';
import { NerError } from '../ner-error.ts';
import type { ObjectStore } from '../store/object-store.ts';

export const POINTER_KEY = 'models/current.json';

/** The pointer, and the ETag by which it can be replaced. */
export interface CurrentModel {
  readonly pointer: Pointer;
  readonly etag: string;
}

/**
 * The pointer; undefined when no model was ever promoted.
 *
 * @throws {E_BUNDLE_TAMPERED} when it is none of ours, or points elsewhere than to its model
 */
export async function readPointer(store: ObjectStore): Promise<CurrentModel | undefined> {
  const found = await store.get(POINTER_KEY);
  if (found === undefined) return undefined;
  const pointer = parse(found.body);
  if (pointer?.prefix === `models/${pointer?.modelId ?? ''}/`) return { pointer, etag: found.etag };
  throw new NerError(
    'E_BUNDLE_TAMPERED',
    `registry: ${POINTER_KEY} does not point to a model, got ${Buffer.from(found.body.subarray(0, 200)).toString()}. ` +
      'Delete it and promote a model.',
  );
}

/** @throws {E_STORE_CONFLICT} when the pointer is no longer the one read before */
export async function writePointer(
  store: ObjectStore,
  pointer: Pointer,
  before: CurrentModel | undefined,
): Promise<void> {
  const body = new TextEncoder().encode(`${canonicalJson(pointer, 2)}\n`);
  await store.put(POINTER_KEY, body, before === undefined ? { ifNoneMatch: '*' } : { ifMatch: before.etag });
}

function parse(body: Uint8Array): Pointer | undefined {
  try {
    return pointerSchema.safeParse(JSON.parse(Buffer.from(body).toString())).data;
  } catch {
    return undefined;
  }
}
