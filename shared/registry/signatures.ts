import { modelSignatureSchema, type ModelSignature } from '../contracts/promotion.ts';
import { PREFIXES } from '../contracts/layout.ts';
import type { Manifest } from '../contracts/manifest.ts';
import { canonicalJson } from '../model/canonical-json.ts';
import { manifestBytes } from '../model/manifest-id.ts';
import { NerError } from '../ner-error.ts';
import type { Signer, Verifier } from '../signing/signer.ts';
import type { ObjectStore } from '../store/object-store.ts';

/** Where the signature of a model lies. */
export function signatureKey(modelId: string): string {
  return `${PREFIXES.signatures}${modelId}.json`;
}

/** Vouches for a model whose every byte was verified against this manifest. */
export async function signModel(store: ObjectStore, signer: Signer, manifest: Manifest): Promise<void> {
  const signature = await signer.sign(manifest.id, manifestBytes(manifest));
  await store.put(signatureKey(manifest.id), new TextEncoder().encode(`${canonicalJson(signature, 2)}\n`));
}

/**
 * Returns when somebody who may has vouched for this manifest, and with it for every file that it names.
 *
 * @throws {E_BUNDLE_UNSIGNED} there is no signature, or it is of something else, or by another key
 */
export async function checkSignature(store: ObjectStore, verifier: Verifier, manifest: Manifest): Promise<void> {
  const found = await store.get(signatureKey(manifest.id));
  const signature = found === undefined ? undefined : parse(found.body);
  if (signature?.modelId === manifest.id && (await verifier.verify(signature, manifestBytes(manifest)))) return;
  const got = found === undefined ? 'no signature' : describe(signature);
  throw new NerError(
    'E_BUNDLE_UNSIGNED',
    `registry: model ${manifest.id} is not signed by the key that is trusted here, got ${got}; ` +
      `expected one in ${signatureKey(manifest.id)}. Publish it where that key is, if you know where it comes from.`,
  );
}

/** As `checkSignature`, as an answer. */
export async function isSigned(store: ObjectStore, verifier: Verifier, manifest: Manifest): Promise<boolean> {
  try {
    await checkSignature(store, verifier, manifest);
    return true;
  } catch (error) {
    if (error instanceof NerError && error.code === 'E_BUNDLE_UNSIGNED') return false;
    throw error;
  }
}

function describe(signature: ModelSignature | undefined): string {
  return signature === undefined ? 'something else' : `one of model ${signature.modelId} by ${signature.keyId}`;
}

function parse(body: Uint8Array): ModelSignature | undefined {
  try {
    return modelSignatureSchema.safeParse(JSON.parse(Buffer.from(body).toString())).data;
  } catch {
    return undefined;
  }
}
