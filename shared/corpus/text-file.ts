import { readFileSync } from 'node:fs';
import { NerError } from '../ner-error.ts';

/**
 * The bytes of a file.
 *
 * @throws {E_FILE_UNREADABLE} when there is no such file, or it may not be read, or it is a directory.
 */
export function readBytes(file: string): Uint8Array {
  try {
    return readFileSync(file);
  } catch (error) {
    throw unreadable(file, error);
  }
}

/** The E_FILE_UNREADABLE for what the file system said about `path`. */
export function unreadable(path: string, error: unknown): NerError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
  const reasons: Readonly<Record<string, string>> = {
    ENOENT: 'there is no such file or directory',
    ENOTDIR: 'it is not a directory',
    EISDIR: 'it is a directory',
    EACCES: 'permission denied',
  };
  const reason = reasons[code] ?? `it cannot be read (${code})`;
  return new NerError('E_FILE_UNREADABLE', `${path}: ${reason}; expected a readable file. Check the path.`, {
    cause: error,
  });
}

/**
 * The text of UTF-8 bytes, without a byte-order mark at the start.
 *
 * @param name what the bytes are called in messages, usually the file.
 * @throws {E_CORPUS_MALFORMED} when the bytes are not UTF-8, with line and byte offset of the first bad byte.
 */
export function decodeUtf8(name: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    const { line, offset } = firstInvalidByte(bytes);
    const byte = bytes[offset]!.toString(16).padStart(2, '0');
    throw new NerError(
      'E_CORPUS_MALFORMED',
      `${name}:${line}: not UTF-8, got byte 0x${byte} at offset ${offset}; expected UTF-8. Convert the file, for example with iconv.`,
      { cause: error },
    );
  }
}

function firstInvalidByte(bytes: Uint8Array): { readonly line: number; readonly offset: number } {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let line = 1;
  let start = 0;
  while (start < bytes.length) {
    const feed = bytes.indexOf(0x0a, start);
    const end = feed < 0 ? bytes.length : feed + 1;
    try {
      decoder.decode(bytes.subarray(start, end));
    } catch {
      return { line, offset: start + validPrefix(bytes.subarray(start, end)) };
    }
    start = end;
    line++;
  }
  return { line, offset: bytes.length - 1 };
}

/** How many bytes of a line are whole UTF-8 characters before the first that is not. */
function validPrefix(line: Uint8Array): number {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let valid = 0;
  while (valid < line.length) {
    const first = line[valid]!;
    const length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    try {
      decoder.decode(line.subarray(valid, valid + length));
    } catch {
      return valid;
    }
    valid += length;
  }
  return valid;
}
