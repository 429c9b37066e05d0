import { NerError } from '../ner-error.ts';
import { malformed, parseHeader, type SafetensorsHeader } from './safetensors-header.ts';

/** Element types that we read and write, and the array that holds each; F16 and BF16 are the raw 16 bits. */
export interface SafetensorsData {
  readonly F32: Float32Array;
  readonly F16: Uint16Array;
  readonly BF16: Uint16Array;
  readonly I64: BigInt64Array;
  readonly I32: Int32Array;
  readonly U8: Uint8Array;
}

export type SafetensorsDtype = keyof SafetensorsData;

/** An array of a safetensors file, row-major. `data.length` is the product of `shape`; a scalar has the shape []. */
export type SafetensorsTensor = {
  readonly [D in SafetensorsDtype]: {
    readonly dtype: D;
    readonly shape: readonly number[];
    readonly data: SafetensorsData[D];
  };
}[SafetensorsDtype];

export interface SafetensorsFile {
  /** In the order of their data in the file. */
  readonly tensors: ReadonlyMap<string, SafetensorsTensor>;
  readonly metadata: Readonly<Record<string, string>>;
}

/** In the order in which the reference library lays tensors out: wider elements first, so that all are aligned. */
const ARRAYS = {
  I64: BigInt64Array,
  F32: Float32Array,
  I32: Int32Array,
  BF16: Uint16Array,
  F16: Uint16Array,
  U8: Uint8Array,
} as const satisfies Record<SafetensorsDtype, unknown>;

const DTYPES = Object.keys(ARRAYS) as SafetensorsDtype[];

/**
 * Writes a safetensors file, byte for byte as the reference library: eight bytes of header length, the header as JSON
 * padded with spaces to a multiple of eight, then the data without gaps, ordered by element type, then by name
 * (https://github.com/huggingface/safetensors#format). Metadata keys, which that library writes in no fixed order, are
 * sorted.
 *
 * @throws {E_SHAPE_MISMATCH} when data do not fill their shape
 * @throws {E_WEIGHTS_MALFORMED} when a name cannot be written
 */
export function writeSafetensors(
  tensors: Readonly<Record<string, SafetensorsTensor>>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> {
  const parts = safetensorsParts(tensors, metadata);
  const file = new Uint8Array(parts.reduce((sum, { byteLength }) => sum + byteLength, 0));
  let position = 0;
  for (const part of parts) {
    file.set(part, position);
    position += part.byteLength;
  }
  return file;
}

/**
 * The bytes of a safetensors file in order: its header, then the data of each tensor where they are in memory.
 *
 * @throws {E_SHAPE_MISMATCH} {E_WEIGHTS_MALFORMED} as writeSafetensors
 */
export function safetensorsParts(
  tensors: Readonly<Record<string, SafetensorsTensor>>,
  metadata: Readonly<Record<string, string>>,
): readonly Uint8Array[] {
  const entries = Object.entries(tensors).sort(byTypeThenName);
  const fields: string[] = [];
  if (Object.keys(metadata).length > 0) {
    const sorted = Object.entries(metadata).sort(([a], [b]) => (a < b ? -1 : 1));
    fields.push(`"__metadata__":{${sorted.map(([k, v]) => `${JSON.stringify(k)}:${JSON.stringify(v)}`).join(',')}}`);
  }
  let end = 0;
  for (const [name, tensor] of entries) {
    checkWritable(name, tensor);
    const { dtype, shape } = tensor;
    const begin = end;
    end += tensor.data.byteLength;
    fields.push(`${JSON.stringify(name)}:${JSON.stringify({ dtype, shape, data_offsets: [begin, end] })}`);
  }
  const text = Buffer.from(`{${fields.join(',')}}`);
  const headerSize = Math.ceil(text.length / 8) * 8;
  const header = new Uint8Array(8 + headerSize).fill(0x20);
  new DataView(header.buffer).setBigUint64(0, BigInt(headerSize), true);
  header.set(text, 8);
  const views = entries.map(([, { data }]) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  return [header, ...views];
}

/**
 * Reads a safetensors file. The arrays are copies, aligned whatever the file's layout is. The header is not trusted:
 * tensors must cover the data exactly, without gaps or overlap, each with the bytes that its shape needs.
 *
 * @param source what to call the file in errors
 * @throws {E_WEIGHTS_MALFORMED} when the bytes are not such a file, or hold types that we do not read
 */
export function readSafetensors(bytes: Uint8Array, source = 'safetensors'): SafetensorsFile {
  const header = parseHeader(bytes, source);
  // Of a Buffer, `slice` would be a view of the whole file; a copy starts at 0 and so is aligned for any type.
  const read = (start: number, end: number): ArrayBuffer => Uint8Array.prototype.slice.call(bytes, start, end).buffer;
  return readTensors(header, { byteLength: bytes.byteLength, read, source });
}

export interface SafetensorsBytes {
  /** Of the whole file. */
  readonly byteLength: number;
  /** A copy of the bytes [start, end) of the file. */
  readonly read: (start: number, end: number) => ArrayBuffer;
  /** What to call the file in errors. */
  readonly source: string;
}

/**
 * The tensors that a header describes.
 *
 * @throws {E_WEIGHTS_MALFORMED} when the header and the bytes do not fit each other, or there are types we do not read
 */
export function readTensors(
  { entries, metadata, dataStart }: SafetensorsHeader,
  { byteLength, read, source }: SafetensorsBytes,
): SafetensorsFile {
  const tensors = new Map<string, SafetensorsTensor>();
  let position = 0;
  for (const { name, dtype, shape, begin, end } of entries) {
    if (!isDtype(dtype)) malformed(source, `'${name}' has the type ${dtype}; expected one of ${DTYPES.join(', ')}`);
    if (begin !== position) {
      const what = begin < position ? 'overlaps the one before it' : 'leaves a gap before it';
      malformed(source, `'${name}' ${what}, got data from ${begin}; expected from ${position}`);
    }
    const size = product(shape) * ARRAYS[dtype].BYTES_PER_ELEMENT;
    if (end - begin !== size) {
      malformed(source, `'${name}' has ${end - begin} bytes; expected ${size} for ${dtype} [${shape.join(', ')}]`);
    }
    if (dataStart + end > byteLength) {
      malformed(source, `'${name}' ends at ${dataStart + end}, after the file's ${byteLength} bytes`);
    }
    const data = new ARRAYS[dtype](read(dataStart + begin, dataStart + end));
    tensors.set(name, { dtype, shape, data } as SafetensorsTensor);
    position = end;
  }
  if (dataStart + position !== byteLength) {
    malformed(source, `the tensors end at ${dataStart + position}; expected at the file's ${byteLength} bytes`);
  }
  return { tensors, metadata };
}

function byTypeThenName(
  [nameA, a]: readonly [string, SafetensorsTensor],
  [nameB, b]: readonly [string, SafetensorsTensor],
): number {
  const byType = DTYPES.indexOf(a.dtype) - DTYPES.indexOf(b.dtype);
  return byType !== 0 ? byType : Buffer.compare(Buffer.from(nameA), Buffer.from(nameB));
}

function checkWritable(name: string, { shape, data }: SafetensorsTensor): void {
  if (name === '__metadata__' || !name.isWellFormed()) {
    malformed('writeSafetensors', `a tensor cannot have this name, got ${JSON.stringify(name)}`);
  }
  if (data.length !== product(shape)) {
    throw new NerError(
      'E_SHAPE_MISMATCH',
      `writeSafetensors: the data of '${name}' do not fill its shape, got ${data.length} elements; ` +
        `expected ${product(shape)} for [${shape.join(', ')}].`,
    );
  }
}

function isDtype(dtype: string): dtype is SafetensorsDtype {
  return Object.hasOwn(ARRAYS, dtype);
}

function product(shape: readonly number[]): number {
  return shape.reduce((total, size) => total * size, 1);
}
