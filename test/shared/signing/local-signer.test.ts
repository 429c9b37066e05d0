import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { modelSignatureSchema } from '../../../shared/contracts/promotion.ts';
import { openLocalKey } from '../../../shared/signing/local-signer.ts';
import { expectFails } from '../../support/expect-fails.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const ID = '0123456789abcdef';
const manifest = new TextEncoder().encode('{"id":"0123456789abcdef"}\n');

describe('openLocalKey', () => {
  test('makes a key that only its owner may read, with its public half beside it, and finds it again', () => {
    const folder = join(tempFolder(), 'keys');
    const { keyId } = openLocalKey(folder);
    expect(readdirSync(folder).sort()).toEqual(['model-signing.pem', 'model-signing.pub.pem']);
    expect(statSync(join(folder, 'model-signing.pem')).mode & 0o777).toBe(0o600);
    expect(openLocalKey(folder).keyId).toBe(keyId);
  });

  test('signs so that whoever has the public key can verify: ECDSA over SHA-256, DER in base64', async () => {
    const folder = tempFolder();
    const key = openLocalKey(folder);
    const signature = modelSignatureSchema.parse(await key.sign(ID, manifest));
    expect(signature).toMatchObject({ modelId: ID, algorithm: 'ECDSA_SHA_256', keyId: key.keyId });
    const publicKey = createPublicKey(readFileSync(join(folder, 'model-signing.pub.pem')));
    expect(verify('sha256', manifest, publicKey, Buffer.from(signature.signature, 'base64'))).toBe(true);
    expect(await openLocalKey(folder).verify(signature, manifest)).toBe(true);
  });

  test('does not take a signature of other bytes, by another key, or under another name', async () => {
    const [key, other] = [openLocalKey(tempFolder()), openLocalKey(tempFolder())];
    const signature = await key.sign(ID, manifest);
    expect(await key.verify(signature, manifest.subarray(1))).toBe(false);
    expect(await other.verify(signature, manifest)).toBe(false);
    expect(await other.verify({ ...signature, keyId: other.keyId }, manifest)).toBe(false);
    expect(await key.verify({ ...signature, keyId: other.keyId }, manifest)).toBe(false);
  });

  test('takes no changed signature, whatever its bytes', async () => {
    const key = openLocalKey(tempFolder());
    const good = Buffer.from((await key.sign(ID, manifest)).signature, 'base64');
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 80 }),
      fc.tuple(fc.nat(good.length - 1), fc.integer({ min: 1, max: 255 })).map(([at, flip]) => {
        const changed = Uint8Array.from(good);
        changed[at]! ^= flip;
        return changed;
      }),
    );
    const signed = { modelId: ID, algorithm: 'ECDSA_SHA_256' as const, keyId: key.keyId };
    await fc.assert(
      fc.asyncProperty(bytes, async (forged) => {
        expect(await key.verify({ ...signed, signature: Buffer.from(forged).toString('base64') }, manifest)).toBe(
          false,
        );
      }),
    );
  });

  test.each([
    ['is no key', 'garbage'],
    ['is of another curve', generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey],
    ['is of another kind', generateKeyPairSync('ed25519').privateKey],
  ])('fails with E_FILE_UNREADABLE when what lies there %s, and leaves it', (_, content) => {
    const folder = tempFolder();
    const text = typeof content === 'string' ? content : content.export({ type: 'pkcs8', format: 'pem' }).toString();
    writeFileSync(join(folder, 'model-signing.pem'), text);
    expectFails(() => openLocalKey(folder), 'E_FILE_UNREADABLE', 'expected a P-256 private key');
    expect(readFileSync(join(folder, 'model-signing.pem'), 'utf8')).toBe(text);
  });

  test('fails with E_FILE_UNWRITABLE when the folder cannot be made', () => {
    const folder = join(tempFolder(), 'keys');
    writeFileSync(folder, 'a file');
    expectFails(() => openLocalKey(join(folder, 'keys')), 'E_FILE_UNWRITABLE');
  });

  test('makes no second key when the public half is missing', () => {
    const folder = tempFolder();
    mkdirSync(folder, { recursive: true });
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    writeFileSync(join(folder, 'model-signing.pem'), privateKey.export({ type: 'pkcs8', format: 'pem' }));
    openLocalKey(folder);
    expect(readdirSync(folder)).toEqual(['model-signing.pem']);
  });
});
