import { defineCommand } from 'citty';
import { basename } from 'node:path';
import { NerError } from '../shared/ner-error.ts';
import { parseTweets, detectFormat } from '../shared/stream/parse-tweets.ts';
import { readBytes } from '../shared/corpus/text-file.ts';
import { ANNOTATION_FORMATS, annotationFormats, type AnnotationFormatName } from '../training/data/annotation/index.ts';
import type { AnnotatedText } from '../training/data/annotation/annotated-text.ts';
import { abortOnInterrupt } from './interruption.ts';
import { openTextInput } from './text-input.ts';
import { openTextOutput } from './text-output.ts';

const formats = [...ANNOTATION_FORMATS];

export const convert = defineCommand({
  meta: { name: 'convert', description: 'Convert annotated texts between the formats of annotation tools' },
  args: {
    from: { type: 'enum', options: formats, required: true, description: 'Format of what is read' },
    to: { type: 'enum', options: formats, required: true, description: 'Format of what is written' },
    in: { type: 'string', valueHint: 'FILE', description: 'File to read; by default standard input' },
    out: { type: 'string', valueHint: 'FILE', description: 'File to write; by default standard output' },
    as: {
      type: 'enum',
      options: ['annotations', 'predictions'],
      description:
        'To a tool: what is done, or what is to be corrected; by default predictions from tagged, else annotations',
    },
    overlaps: {
      type: 'enum',
      options: ['refuse', 'longest'],
      default: 'refuse',
      description: 'Spans that overlap, to a format that cannot have them',
    },
    texts: {
      type: 'string',
      valueHint: 'FILE',
      description: 'From tagged: the tweets that were tagged, whose texts are not in the records',
    },
    repair: { type: 'boolean', description: 'From conll: put tags right that break the BIO rules, and say which' },
  },
  run: async ({ args }) => {
    const { signal } = abortOnInterrupt();
    const { from, to } = args;
    if (args.texts !== undefined && from !== 'tagged') {
      throw new NerError('E_USAGE', `tagwright convert: --texts is for --from tagged, got --from ${from}.`);
    }
    const notes = conversionNotes();
    const input = await openTextInput(args.in, signal);
    const output = await openTextOutput(args.out);
    const texts = args.texts === undefined ? undefined : textsById(args.texts);
    const read = annotationFormats[from].read(
      { name: args.in ?? input.name, chunks: input.chunks },
      { ...notes, texts, repair: args.repair === true },
    );
    const as = args.as ?? (from === 'tagged' ? 'predictions' : 'annotations');
    try {
      const writing = { ...notes, as, overlaps: args.overlaps };
      for await (const piece of annotationFormats[to].write(notes.counted(read), writing)) {
        if (signal.aborted || output.readerGone.aborted) break;
        await output.write(piece);
      }
      if (!signal.aborted) await output.finish();
    } finally {
      input.close();
      await output.discard();
    }
    if (!output.readerGone.aborted) notes.summarise(to);
    return signal.aborted ? 1 : 0;
  },
});

interface ConversionCounts {
  readonly leaveOut: (reason: string) => void;
  readonly note: (message: string) => void;
  readonly counted: (texts: AsyncIterable<AnnotatedText>) => AsyncIterable<AnnotatedText>;
  readonly summarise: (to: AnnotationFormatName) => void;
}

/** Says each change as it comes, and counts at the end. */
function conversionNotes(): ConversionCounts {
  const left = new Map<string, number>();
  const types = new Map<string, number>();
  let count = 0;
  return {
    leaveOut: (reason) => void left.set(reason, (left.get(reason) ?? 0) + 1),
    note: (message) => {
      say(message);
    },
    counted: async function* (texts) {
      for await (const item of texts) {
        count += 1;
        for (const { type } of item.spans) types.set(type, (types.get(type) ?? 0) + 1);
        yield item;
      }
    },
    summarise: (to) => {
      const words = [...types].sort(([a], [b]) => (a < b ? -1 : 1)).map(([type, of]) => `${type} ${of}`);
      say(`to ${to}: ${count} texts; spans: ${words.length === 0 ? 'none' : words.join(', ')}`);
      for (const [reason, of] of left) say(`left out: ${of} ${reason}`);
    },
  };
}

/** @throws {E_TWEET_MALFORMED} a line that is no tweet */
function textsById(file: string): ReadonlyMap<string, string> {
  const bytes = readBytes(file);
  const { tweets, rejected } = parseTweets(bytes, { name: basename(file), format: detectFormat(bytes), firstLine: 1 });
  const [first] = rejected;
  if (first !== undefined) throw new NerError('E_TWEET_MALFORMED', `--texts: ${first.reason}`);
  return new Map(tweets.map(({ id, text }) => [id, text]));
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
