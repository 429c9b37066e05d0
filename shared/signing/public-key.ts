import { createHash, verify, type KeyObject } from 'node:crypto';
import type { ModelSignature } from '../contracts/promotion.ts';

/** The name of a key that no service names: the SHA-256 of its public half (SubjectPublicKeyInfo, DER). */
export function publicKeyId(publicKey: KeyObject): string {
  return createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('hex');
}

/** Whether the signature is ECDSA over the SHA-256 of these bytes by the private half of this P-256 key. */
export function isSignedBy(publicKey: KeyObject, signature: ModelSignature, manifest: Uint8Array): boolean {
  return verify('sha256', manifest, publicKey, Buffer.from(signature.signature, 'base64'));
}
