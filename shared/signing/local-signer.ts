import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, randomUUID, sign } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { NerError } from '../ner-error.ts';
import { flushFolder } from '../store/durable-file.ts';
import { isSignedBy, publicKeyId } from './public-key.ts';
import type { Signer, Verifier } from './signer.ts';

/** A key of this machine: signs, and knows its own signatures. */
export interface LocalKey extends Signer, Verifier {
  /** SHA-256 of the public key. */
  readonly keyId: string;
}

const PRIVATE_KEY = 'model-signing.pem';
/** For whoever wants to verify elsewhere. */
const PUBLIC_KEY = 'model-signing.pub.pem';

/**
 * The P-256 key in a folder, which only its owner may read. It is made when it is not there; of several processes that
 * make it at the same time, all get the same one.
 *
 * @throws {E_FILE_UNREADABLE} the key cannot be read, or is none
 * @throws {E_FILE_UNWRITABLE} the folder cannot be written
 */
export function openLocalKey(folder: string): LocalKey {
  const privateKey = readKey(folder) ?? makeKey(folder);
  const publicKey = createPublicKey(privateKey);
  const keyId = publicKeyId(publicKey);
  return {
    keyId,
    sign: async (modelId, manifest) => ({
      modelId,
      algorithm: 'ECDSA_SHA_256',
      keyId,
      signature: sign('sha256', manifest, privateKey).toString('base64'),
    }),
    verify: async (signature, manifest) => signature.keyId === keyId && isSignedBy(publicKey, signature, manifest),
  };
}

function readKey(folder: string): KeyObject | undefined {
  const path = join(folder, PRIVATE_KEY);
  try {
    const key = createPrivateKey(readFileSync(path));
    if (key.asymmetricKeyDetails?.namedCurve === 'prime256v1') return key;
  } catch (error) {
    // ENOTDIR: making it will say what is in the way.
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return undefined;
    throw unreadable(path, error);
  }
  throw unreadable(path);
}

function makeKey(folder: string): KeyObject {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    place(folder, PRIVATE_KEY, privateKey.export({ type: 'pkcs8', format: 'pem' }));
    // Another process may have been first: then its key counts, and so does its public half.
    const placed = readKey(folder) ?? privateKey;
    const winner = placed.equals(privateKey) ? publicKey : createPublicKey(placed);
    place(folder, PUBLIC_KEY, winner.export({ type: 'spki', format: 'pem' }));
    flushFolder(folder);
    return placed;
  } catch (error) {
    if (error instanceof NerError) throw error;
    throw new NerError(
      'E_FILE_UNWRITABLE',
      `openLocalKey: ${folder}: the key cannot be written: ${error instanceof Error ? error.message : String(error)}.`,
      { cause: error },
    );
  }
}

/** Makes a file with all of the text in it, unless there is one: a link, unlike a rename, replaces nothing. */
function place(folder: string, name: string, text: string | Buffer): void {
  const temporary = join(folder, `${name}.${randomUUID()}`);
  writeFileSync(temporary, text, { flag: 'wx', mode: 0o600, flush: true });
  try {
    linkSync(temporary, join(folder, name));
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
  } finally {
    unlinkSync(temporary);
  }
}

function unreadable(path: string, cause?: unknown): NerError {
  return new NerError(
    'E_FILE_UNREADABLE',
    `openLocalKey: ${path}: it cannot be used as a key; expected a P-256 private key in PEM. ` +
      'Restore it from a backup, or remove the folder: the models that are there are then signed by a new key.',
    { cause },
  );
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
