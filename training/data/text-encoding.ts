import { NerError } from '../../shared/ner-error.ts';
import { decodeUtf8 } from '../../shared/corpus/text-file.ts';

/** Encodings of text that a reader may be told. The Encoding Standard calls Windows-1252 `latin1`; here they are two. */
export const TEXT_ENCODINGS = ['windows-1252', 'latin-1', 'utf-8'] as const;
export type TextEncoding = (typeof TEXT_ENCODINGS)[number];

/**
 * The text of bytes in an encoding. Every byte means something in Windows-1252 and in Latin-1, so that UTF-8 read as one
 * of them would give wrong words and no error: bytes that are UTF-8, and not only ASCII, are refused there.
 *
 * @param name what the bytes are called in messages, usually the file
 * @throws {E_CORPUS_MALFORMED} bytes of another encoding, with file and line
 */
export function decodeText(name: string, bytes: Uint8Array, encoding: TextEncoding): string {
  if (encoding === 'utf-8') return decodeAsUtf8(name, bytes);
  refuseUtf8(name, bytes, encoding);
  if (encoding === 'windows-1252') return new TextDecoder('windows-1252').decode(bytes);
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}

function decodeAsUtf8(name: string, bytes: Uint8Array): string {
  try {
    return decodeUtf8(name, bytes);
  } catch (error) {
    if (!(error instanceof NerError)) throw error;
    throw new NerError(error.code, `${error.message} Or name its encoding: --option encoding=windows-1252.`, {
      cause: error,
    });
  }
}

function refuseUtf8(name: string, bytes: Uint8Array, encoding: TextEncoding): void {
  const first = bytes.findIndex((byte) => byte >= 0x80);
  if (first < 0 || !isUtf8(bytes)) return;
  const line = bytes.subarray(0, first).reduce((lines, byte) => (byte === 0x0a ? lines + 1 : lines), 1);
  const byte = bytes[first]!.toString(16);
  throw new NerError(
    'E_CORPUS_MALFORMED',
    `${name}:${line}: the file is UTF-8, got byte 0x${byte} at offset ${first}; expected ${encoding}. Give --option encoding=utf-8.`,
  );
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}
