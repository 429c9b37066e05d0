import { CreateKeyCommand } from '@aws-sdk/client-kms';
import { describe, expect, inject, test } from 'vitest';
import { KmsSigner, KmsVerifier } from '../../shared/signing/kms-signer.ts';
import { kmsClient } from '../support/aws/emulator-clients.ts';
import { codeOf } from '../support/error-code.ts';

const endpoint = inject('motoUrl');
const manifest = Buffer.from('{"format":"tagwright-bundle"}'.repeat(300));
const modelId = '0123456789abcdef';

async function makeKey() {
  const client = kmsClient(endpoint);
  const command = new CreateKeyCommand({ KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' });
  const keyId = (await client.send(command)).KeyMetadata!.KeyId!;
  return { keyId, signer: new KmsSigner({ client, keyId }), verifier: new KmsVerifier({ client, keyId }) };
}

describe.skipIf(endpoint === '')('KMS on moto', () => {
  test('signs a manifest of any size (moto 5.2.5 hashes the hash again, which moto_server.py mends), and knows its signature', async () => {
    const { keyId, signer, verifier } = await makeKey();
    const signature = await signer.sign(modelId, manifest);
    expect(signature).toMatchObject({ modelId, algorithm: 'ECDSA_SHA_256' });
    expect(signature.keyId).toMatch(new RegExp(`^arn:aws:kms:.*:key/${keyId}$`));
    expect(await verifier.verify(signature, manifest)).toBe(true);
  });

  test('knows other bytes, other keys and other signatures for what they are', async () => {
    const [own, other] = [await makeKey(), await makeKey()];
    const signature = await own.signer.sign(modelId, manifest);
    const foreign = await other.signer.sign(modelId, manifest);
    expect(await own.verifier.verify(signature, Buffer.from('other bytes'))).toBe(false);
    expect(await other.verifier.verify(signature, manifest)).toBe(false);
    expect(await own.verifier.verify({ ...foreign, keyId: signature.keyId }, manifest)).toBe(false);
    expect(await own.verifier.verify({ ...signature, signature: 'AAAA' }, manifest)).toBe(false);
  });

  test('fails for a key that is not there', async () => {
    const options = { client: kmsClient(endpoint), keyId: '00000000-0000-0000-0000-000000000000' };
    expect(await codeOf(() => new KmsSigner(options).sign(modelId, manifest))).toBe('E_CLOUD_REFUSED');
    const verifier = new KmsVerifier(options);
    const signature = { modelId, algorithm: 'ECDSA_SHA_256', keyId: 'x', signature: '' } as const;
    expect(await codeOf(() => verifier.verify(signature, manifest))).toBe('E_CLOUD_REFUSED');
    expect(await codeOf(() => verifier.verify(signature, manifest))).toBe('E_CLOUD_REFUSED');
  });
});
