import type { FileHandle } from 'node:fs/promises';
import { LINE_MAX_BYTES } from '../../shared/contracts/limits.ts';

const LF = 0x0a;

/** Whole lines from a file. */
export interface LineBatch {
  /** The lines with their ends; of a line longer than the limits only a beginning that is itself too long. */
  readonly bytes: Uint8Array;
  readonly endOffset: number;
  readonly lineCount: number;
}

export interface LineBatchLimits {
  /** At least 2 x LINE_MAX_BYTES. */
  readonly maxBytes: number;
  readonly maxLines: number;
}

/**
 * The lines from `offset` on, up to the limits; undefined at the end of the file. What a batch holds follows from the
 * offset and the file alone, so a batch that is read again is the same batch. The last line of a file needs no end.
 */
export async function readLineBatch(
  file: FileHandle,
  offset: number,
  limits: LineBatchLimits,
): Promise<LineBatch | undefined> {
  const buffer = Buffer.allocUnsafe(limits.maxBytes);
  const filled = await fill(file, buffer, offset);
  if (filled === 0) return undefined;
  let endByte = 0;
  let lineCount = 0;
  while (lineCount < limits.maxLines) {
    const found = buffer.subarray(0, filled).indexOf(LF, endByte);
    if (found === -1) break;
    endByte = found + 1;
    lineCount += 1;
  }
  const atEnd = filled < buffer.length;
  if (lineCount < limits.maxLines && atEnd && endByte < filled) {
    endByte = filled;
    lineCount += 1;
  }
  if (lineCount > 0) return { bytes: buffer.subarray(0, endByte), endOffset: offset + endByte, lineCount };
  // One byte more than is allowed says all there is to say about a line that is too long.
  const bytes = Buffer.from(buffer.subarray(0, LINE_MAX_BYTES + 1));
  return { bytes, endOffset: await findLineEnd(file, offset + filled, buffer), lineCount: 1 };
}

async function findLineEnd(file: FileHandle, from: number, buffer: Buffer): Promise<number> {
  for (let offset = from; ;) {
    const filled = await fill(file, buffer, offset);
    const found = buffer.subarray(0, filled).indexOf(LF);
    if (found !== -1) return offset + found + 1;
    offset += filled;
    if (filled < buffer.length) return offset;
  }
}

async function fill(file: FileHandle, buffer: Buffer, offset: number): Promise<number> {
  for (let filled = 0; ;) {
    const { bytesRead } = await file.read(buffer, filled, buffer.length - filled, offset + filled);
    filled += bytesRead;
    if (bytesRead === 0 || filled === buffer.length) return filled;
  }
}
