import { defineCommand } from 'citty';
import { AGGREGATIONS, type Aggregation } from '../shared/contracts/aggregation.ts';
import type { Predictor } from '../shared/model/predictor.ts';
import { NerError } from '../shared/ner-error.ts';
import { abortOnInterrupt } from './interruption.ts';
import { openModel } from './open-model.ts';
import { tagConll } from './tag-conll.ts';
import { tagTweets } from './tag-tweets.ts';
import type { TaggedPart } from './tagged-part.ts';
import { openTextInput, type TextInput } from './text-input.ts';
import { openTextOutput, type TextOutput } from './text-output.ts';

export const tag = defineCommand({
  meta: { name: 'tag', description: 'Tag tweets, or the words of a CoNLL file, from a file or standard input' },
  args: {
    model: { type: 'string', valueHint: 'DIR', required: true, description: 'Bundle to tag with' },
    input: { type: 'string', valueHint: 'FILE', description: 'File to tag; by default standard input' },
    output: {
      type: 'string',
      valueHint: 'FILE',
      description: 'File to write, whole or not at all; by default standard output',
    },
    format: {
      type: 'enum',
      options: ['ndjson', 'conll'],
      default: 'ndjson',
      description:
        'ndjson: tweets in, JSON or plain text, one a line. conll: words in, with or without tags, and word, tag, predicted tag out',
    },
    aggregation: {
      type: 'enum',
      options: [...AGGREGATIONS],
      description:
        "How pieces of words become entities, as in transformers' pipeline; by default words are decoded together under the BIO rules",
    },
  },
  run: async ({ args }) => {
    const { aggregation } = args;
    if (aggregation !== undefined && args.format === 'conll') {
      throw new NerError(
        'E_USAGE',
        `tag: --aggregation is for the entities of tweets, got it with --format conll; expected one of the two. Leave one out.`,
      );
    }
    const { signal } = abortOnInterrupt();
    const input = await openTextInput(args.input, signal);
    try {
      const model = await openModel(args.model);
      try {
        const output = await openTextOutput(args.output);
        if (args.input === undefined && process.stdin.isTTY) say('reading from the terminal; Ctrl-D ends the input');
        const unit = args.format === 'conll' ? 'sentences' : 'tweets';
        const parts = tagged(input, { unit, predictor: model.predictor, aggregation });
        return await writeAll(parts, output, { input, signal, unit });
      } finally {
        await model.release();
      }
    } finally {
      input.close();
    }
  },
});

type Unit = 'tweets' | 'sentences';

interface Tagging {
  readonly unit: Unit;
  readonly predictor: Predictor;
  readonly aggregation: Aggregation | undefined;
}

function tagged({ chunks, name }: TextInput, { unit, predictor, aggregation }: Tagging): AsyncIterable<TaggedPart> {
  return unit === 'sentences'
    ? tagConll(chunks, { name, predictor })
    : tagTweets(chunks, { name, predictor, aggregation, clock: () => new Date() });
}

interface Run {
  readonly input: TextInput;
  /** Of the interruption. */
  readonly signal: AbortSignal;
  readonly unit: Unit;
}

/** The exit code: 0, or 1 when lines were left out or the run was interrupted. */
async function writeAll(
  parts: AsyncIterable<TaggedPart>,
  output: TextOutput,
  { input, signal, unit }: Run,
): Promise<number> {
  output.readerGone.addEventListener('abort', () => {
    input.close();
  });
  const stopped = (): boolean => signal.aborted || output.readerGone.aborted;
  const sum = { count: 0, entities: 0, rejected: 0 };
  try {
    for await (const { text, count, entities, rejected } of parts) {
      // The last line of an input that was cut off need not be whole.
      if (stopped()) break;
      for (const { code, reason } of rejected) say(`${code}: ${reason}`);
      await output.write(text);
      sum.count += count;
      sum.entities += entities;
      sum.rejected += rejected.length;
    }
    if (!signal.aborted) await output.finish();
  } finally {
    await output.discard();
  }
  const bad = sum.rejected === 0 ? '' : `; ${sum.rejected} lines were left out, each is named above`;
  if (signal.aborted) say(`interrupted by ${String(signal.reason)} after ${sum.count} ${unit}`);
  // Whoever reads no more has what it wanted.
  else if (!output.readerGone.aborted) say(`tagged ${sum.count} ${unit}, ${sum.entities} entities${bad}`);
  return signal.aborted || sum.rejected > 0 ? 1 : 0;
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
