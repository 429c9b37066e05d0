import { GetPublicKeyCommand, type KMSClient, SignCommand } from '@aws-sdk/client-kms';
import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import { askCloud } from '../cloud/cloud-error.ts';
import type { ModelSignature } from '../contracts/promotion.ts';
import { isSignedBy } from './public-key.ts';
import type { Signer, Verifier } from './signer.ts';

export interface KmsKeyOptions {
  readonly client: KMSClient;
  /** Id or ARN of an asymmetric key for signing, ECC_NIST_P256. */
  readonly keyId: string;
}

/**
 * Signs with a key that never leaves KMS.
 *
 * @throws {E_CLOUD_DENIED, E_CLOUD_UNREACHABLE, E_CLOUD_REFUSED} from `sign`
 */
export class KmsSigner implements Signer {
  readonly #client: KMSClient;
  readonly #keyId: string;

  constructor({ client, keyId }: KmsKeyOptions) {
    this.#client = client;
    this.#keyId = keyId;
  }

  async sign(modelId: string, manifest: Uint8Array): Promise<ModelSignature> {
    const command = new SignCommand({
      KeyId: this.#keyId,
      // KMS takes 4,096 bytes of a message, and the hash of any.
      Message: createHash('sha256').update(manifest).digest(),
      MessageType: 'DIGEST',
      SigningAlgorithm: 'ECDSA_SHA_256',
    });
    const call = { service: 'kms', action: 'Sign', resource: this.#keyId };
    const { KeyId, Signature } = await askCloud(call, () => this.#client.send(command));
    const signature = Buffer.from(Signature!).toString('base64');
    return { modelId, algorithm: 'ECDSA_SHA_256', keyId: KeyId!, signature };
  }
}

/**
 * Verifies here, with the public half, which is asked for once: after the first model, none costs a call to KMS.
 *
 * @throws {E_CLOUD_DENIED, E_CLOUD_UNREACHABLE, E_CLOUD_REFUSED} from `verify`
 */
export class KmsVerifier implements Verifier {
  readonly #client: KMSClient;
  readonly #keyId: string;
  #known: Promise<KeyObject> | undefined;

  constructor({ client, keyId }: KmsKeyOptions) {
    this.#client = client;
    this.#keyId = keyId;
  }

  async verify(signature: ModelSignature, manifest: Uint8Array): Promise<boolean> {
    this.#known ??= this.#fetch().catch((error: unknown) => {
      // The next one asks again.
      this.#known = undefined;
      throw error;
    });
    // The key that the signature names is not looked at: one key counts, by whatever name.
    return isSignedBy(await this.#known, signature, manifest);
  }

  async #fetch(): Promise<KeyObject> {
    const call = { service: 'kms', action: 'GetPublicKey', resource: this.#keyId };
    const { PublicKey } = await askCloud(call, () =>
      this.#client.send(new GetPublicKeyCommand({ KeyId: this.#keyId })),
    );
    return createPublicKey({ key: Buffer.from(PublicKey!), format: 'der', type: 'spki' });
  }
}
