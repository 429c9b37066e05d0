import { z } from 'zod';
import { NerError } from '../ner-error.ts';

/** One tensor as the header has it: bytes [begin, end) of the data. Nothing about it is checked yet but its form. */
export interface HeaderEntry {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

export interface SafetensorsHeader {
  /** By `begin`. */
  readonly entries: readonly HeaderEntry[];
  readonly metadata: Readonly<Record<string, string>>;
  /** Where the data begin in the file. */
  readonly dataStart: number;
}

/** The reference library refuses longer headers (safetensors 0.8.0, MAX_HEADER_SIZE). */
export const HEADER_MAX_BYTES = 100_000_000;

const size = z.int().nonnegative();
const tensorSchema = z.strictObject({
  dtype: z.string(),
  shape: z.array(size).max(16),
  data_offsets: z.tuple([size, size]),
});
const metadataSchema = z.record(z.string(), z.string());

/** @throws {E_WEIGHTS_MALFORMED} */
export function parseHeader(bytes: Uint8Array, source: string): SafetensorsHeader {
  if (bytes.byteLength < 8)
    malformed(source, `the file is too short, got ${bytes.byteLength} bytes; expected at least 8`);
  const length = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  const room = Math.min(bytes.byteLength - 8, HEADER_MAX_BYTES);
  if (length > room)
    malformed(source, `the header's length is wrong, got ${String(length)} bytes; expected at most ${room}`);
  const dataStart = 8 + Number(length);
  const header = parseJson(bytes.subarray(8, dataStart), source);

  const entries: HeaderEntry[] = [];
  let metadata: Readonly<Record<string, string>> = {};
  for (const [name, value] of Object.entries(header)) {
    if (name === '__metadata__') metadata = check(metadataSchema, value, { source, name });
    else {
      const { dtype, shape, data_offsets: offsets } = check(tensorSchema, value, { source, name });
      entries.push({ name, dtype, shape, begin: offsets[0], end: offsets[1] });
    }
  }
  // Empty tensors take no room, so several may begin at the same byte; they come before the one that fills it.
  entries.sort((a, b) => a.begin - b.begin || a.end - b.end);
  return { entries, metadata, dataStart };
}

function parseJson(bytes: Uint8Array, source: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch (error) {
    malformed(source, `the header is not JSON (${error instanceof Error ? error.message : String(error)})`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    malformed(source, 'the header is not a JSON object');
  }
  return value as Record<string, unknown>;
}

function check<T>(schema: z.ZodType<T>, value: unknown, { source, name }: { source: string; name: string }): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  malformed(source, `the header's entry '${name}' is wrong: ${z.prettifyError(parsed.error)}`);
}

export function malformed(source: string, reason: string): never {
  throw new NerError('E_WEIGHTS_MALFORMED', `${source}: ${reason}. Write the file again; this one is not complete.`);
}
