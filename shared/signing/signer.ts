import type { ModelSignature } from '../contracts/promotion.ts';

/** Vouches for models. */
export interface Signer {
  /** Of a manifest's bytes. */
  sign(modelId: string, manifest: Uint8Array): Promise<ModelSignature>;
}

/** Knows the key by which models have to be signed. */
export interface Verifier {
  /** Whether the signature is of these bytes and by that key. */
  verify(signature: ModelSignature, manifest: Uint8Array): Promise<boolean>;
}
