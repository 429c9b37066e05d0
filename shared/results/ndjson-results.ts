import { type TaggedTweet, taggedTweetSchema } from '../contracts/tweet.ts';
import { NerError } from '../ner-error.ts';

/** The records of an NDJSON object, and what is wrong with it. */
export interface NdjsonResults {
  readonly records: readonly TaggedTweet[];
  /** The first line that is no record; the records are those of the other lines. */
  readonly damage: NerError | undefined;
}

/** The body of a result object: one record a line, each with its end. */
export function resultLines(records: readonly TaggedTweet[]): Uint8Array {
  return Buffer.from(records.map((record) => `${JSON.stringify(record)}\n`).join(''));
}

/** Reads a result object as it was written. Each line has its end, so that one that was cut short is told from a whole one. */
export function readNdjsonResults(key: string, body: Uint8Array): NdjsonResults {
  const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8');
  const lines = text.split('\n');
  const rest = lines.pop()!;
  const records: TaggedTweet[] = [];
  let damage: NerError | undefined;
  for (const [i, line] of lines.entries()) {
    const record = readLine(line);
    if (record === undefined) damage ??= damaged(key, i + 1, 'the line is no record');
    else records.push(record);
  }
  if (rest !== '') damage ??= damaged(key, lines.length + 1, 'the object ends inside a line');
  else if (lines.length === 0) damage ??= damaged(key, 1, 'the object is empty');
  return { records, damage };
}

function readLine(line: string): TaggedTweet | undefined {
  try {
    return taggedTweetSchema.safeParse(JSON.parse(line)).data;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function damaged(key: string, line: number, what: string): NerError {
  return new NerError(
    'E_RESULT_DAMAGED',
    `${key}:${line}: results: ${what}; expected whole records. The disk or another program changed the file: restore it ` +
      'from a backup, or remove the line to keep the others.',
  );
}
