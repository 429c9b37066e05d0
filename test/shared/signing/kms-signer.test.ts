import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { expect, test } from 'vitest';
import { KmsSigner, KmsVerifier } from '../../../shared/signing/kms-signer.ts';
import { kmsClient } from '../../support/aws/emulator-clients.ts';
import { recordedAnswers } from '../../support/aws/recorded-answers.ts';
import { codeOf } from '../../support/error-code.ts';

const arn = 'arn:aws:kms:us-east-1:123456789012:key/0123';
const modelId = '0123456789abcdef';
const manifest = Buffer.from('{"format":"tagwright-bundle"}');
const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });

const keyAnswer = {
  status: 200,
  body: {
    KeyId: arn,
    KeySpec: 'ECC_NIST_P256',
    PublicKey: publicKey.export({ type: 'spki', format: 'der' }).toString('base64'),
  },
};
// ECDSA over the hash that is sent, in DER: what KMS answers for MessageType DIGEST.
const signAnswer = {
  status: 200,
  body: { KeyId: arn, Signature: sign('sha256', manifest, privateKey).toString('base64') },
};

test('has KMS sign the SHA-256 of a manifest', async () => {
  const { endpoint, requests } = await recordedAnswers([signAnswer]);
  const signature = await new KmsSigner({ client: kmsClient(endpoint), keyId: '0123' }).sign(modelId, manifest);
  expect(signature).toEqual({
    modelId,
    algorithm: 'ECDSA_SHA_256',
    keyId: arn,
    signature: signAnswer.body.Signature,
  });
  expect(JSON.parse(requests[0]!.body)).toEqual({
    KeyId: '0123',
    Message: createHash('sha256').update(manifest).digest('base64'),
    MessageType: 'DIGEST',
    SigningAlgorithm: 'ECDSA_SHA_256',
  });
});

test('verifies with the public key, for which it asks once', async () => {
  const { endpoint, requests } = await recordedAnswers([keyAnswer]);
  const verifier = new KmsVerifier({ client: kmsClient(endpoint), keyId: '0123' });
  const signature = { modelId, algorithm: 'ECDSA_SHA_256', keyId: arn, signature: signAnswer.body.Signature } as const;
  const answers = await Promise.all([
    verifier.verify(signature, manifest),
    verifier.verify(signature, Buffer.from('other bytes')),
    verifier.verify({ ...signature, signature: 'AAAA' }, manifest),
  ]);
  expect(answers).toEqual([true, false, false]);
  expect(requests).toHaveLength(1);
});

test('fails where the role may not see the key, and asks again the next time', async () => {
  const denied = { status: 400, body: { __type: 'AccessDeniedException', message: 'not authorized' } };
  const { endpoint } = await recordedAnswers([denied, keyAnswer]);
  const verifier = new KmsVerifier({ client: kmsClient(endpoint), keyId: '0123' });
  const signature = { modelId, algorithm: 'ECDSA_SHA_256', keyId: arn, signature: signAnswer.body.Signature } as const;
  expect(await codeOf(() => verifier.verify(signature, manifest))).toBe('E_CLOUD_DENIED');
  expect(await verifier.verify(signature, manifest)).toBe(true);
});
