import { Assembler } from 'stream-json/assembler.js';
import { type Token, jsonParser } from 'stream-json/parser.js';
import type { z } from 'zod';
import { NerError } from '../../../shared/ner-error.ts';
import { lineChunks } from '../../../shared/stream/line-chunks.ts';
import type { AnnotationSource } from './annotation-format.ts';

/** One element of a JSON array or one line of NDJSON. */
export interface JsonItem {
  readonly value: unknown;
  /** `file: item 3`, from 1, or `file:line`. */
  readonly place: string;
}

/** Longer lines are no annotated tweets. */
const MAX_LINE_BYTES = 64 * 2 ** 20;

/**
 * The items of a file that is one JSON array, or NDJSON, whichever it begins as. Memory does not grow with the file.
 *
 * @param what an item is, for messages: `task`
 * @throws {E_CORPUS_MALFORMED} no JSON, or no UTF-8, with the place
 */
export async function* jsonItems({ name, chunks }: AnnotationSource, what: string): AsyncGenerator<JsonItem> {
  const bytes = chunks[Symbol.asyncIterator]();
  const head: Uint8Array[] = [];
  let first: string | undefined;
  while (first === undefined) {
    const next = await bytes.next();
    if (next.done === true) return;
    head.push(next.value);
    first = /^\ufeff?\s*(\S)/.exec(Buffer.concat(head).toString('latin1').replace('\u00ef\u00bb\u00bf', ''))?.[1];
  }
  async function* all(): AsyncGenerator<Uint8Array> {
    yield* head;
    for (let next = await bytes.next(); next.done !== true; next = await bytes.next()) yield next.value;
  }
  if (first === '[') yield* arrayItems(name, all(), what);
  else yield* lineItems(name, all());
}

async function* arrayItems(name: string, chunks: AsyncIterable<Uint8Array>, what: string): AsyncGenerator<JsonItem> {
  const parse = jsonParser({ streamValues: false });
  const array = createArrayReader();
  let count = 0;
  try {
    for await (const chunk of decoded(name, chunks)) {
      const parsed = parse(chunk);
      if (typeof parsed !== 'object') continue;
      for (const token of parsed.values) {
        if (!array.take(token)) continue;
        count += 1;
        yield { value: array.item(), place: `${name}: ${what} ${count}` };
      }
    }
  } catch (error) {
    if (error instanceof NerError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw malformed(`${name}: after ${what} ${count}`, `no JSON (${reason})`, error);
  }
  if (!array.isWhole())
    throw malformed(`${name}: after ${what} ${count}`, 'the end of the file in the array', undefined);
}

interface ArrayReader {
  /** Whether an item is whole with this token. */
  take(token: Token): boolean;
  item(): unknown;
  /** Whether the array has ended. */
  isWhole(): boolean;
}

/** Puts the tokens of an array together to its items, one at a time. */
function createArrayReader(): ArrayReader {
  let depth = 0;
  let assembler = new Assembler();
  return {
    take(token) {
      const { name } = token;
      const isEnd = name === 'endObject' || name === 'endArray';
      if (name === 'startObject' || name === 'startArray') depth += 1;
      if (isEnd) depth -= 1;
      // The array itself.
      if (depth === 0 || (depth === 1 && name === 'startArray')) return false;
      if (depth === 1 && !isEnd) assembler = new Assembler();
      if (depth === 2 && (name === 'startObject' || name === 'startArray')) assembler = new Assembler();
      assembler.consume(token);
      return depth === 1;
    },
    item: () => assembler.current,
    isWhole: () => depth === 0,
  };
}

async function* decoded(name: string, chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  try {
    for await (const chunk of chunks) yield decoder.decode(chunk, { stream: true });
    yield decoder.decode();
  } catch (error) {
    if (error instanceof NerError) throw error;
    throw malformed(name, 'no UTF-8', error);
  }
}

async function* lineItems(name: string, chunks: AsyncIterable<Uint8Array>): AsyncGenerator<JsonItem> {
  let first = true;
  for await (const { bytes, firstLine } of lineChunks(chunks, { maxLines: 1, maxLineBytes: MAX_LINE_BYTES })) {
    const place = `${name}:${firstLine}`;
    const text = textOfLine(place, bytes);
    const line = first ? text.replace(/^\ufeff/, '') : text;
    first = false;
    if (line.trim() === '') continue;
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch (error) {
      throw malformed(place, `no JSON (${error instanceof Error ? error.message : String(error)})`, error);
    }
    yield { value, place };
  }
}

function textOfLine(place: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    throw malformed(place, 'no UTF-8', error);
  }
}

function malformed(place: string, what: string, cause: unknown): NerError {
  return new NerError(
    'E_CORPUS_MALFORMED',
    `${place}: cannot be read, got ${what}; expected a JSON array, or a JSON object a line, in UTF-8. Correct the file.`,
    { cause },
  );
}

/** @throws {E_CORPUS_MALFORMED} an item that is not of the schema, with the path of what is wrong in it */
export function parseItem<T extends z.ZodType>(schema: T, { value, place }: JsonItem, what: string): z.output<T> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const path = issue!.path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('');
  throw new NerError(
    'E_CORPUS_MALFORMED',
    `${place}: ${path === '' ? 'the whole' : path.replace(/^\./, '')}: ${issue!.message}; expected ${what}. Correct it, or remove it from the file.`,
  );
}
