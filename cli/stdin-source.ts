import type { Source } from '../functions/sources/source.ts';
import { LINE_MAX_BYTES } from '../shared/contracts/limits.ts';
import { detectFormat, parseTweets } from '../shared/stream/parse-tweets.ts';
import { lineChunks } from '../shared/stream/line-chunks.ts';
import { openTextInput } from './text-input.ts';

const MAX_LINES = 1_000;

/**
 * Tweets from standard input, NDJSON or one text a line, whichever the first lines look like. What was read cannot be read
 * again, so there is no cursor. Texts get ids of the time at which reading began: those of another run are other tweets.
 */
export function createStdinSource(clock: () => Date): Source {
  return {
    name: 'stdin',
    deliveries: async function* ({ onChange }, signal) {
      const input = await openTextInput(undefined, signal);
      const name = `stdin-${clock().getTime().toString(36)}`;
      let format: 'ndjson' | 'text' | undefined;
      onChange({ state: 'live' });
      try {
        for await (const { bytes, firstLine } of lineChunks(input.chunks, {
          maxLines: MAX_LINES,
          maxLineBytes: LINE_MAX_BYTES,
        })) {
          format ??= guessFormat(bytes);
          // Blank lines say nothing about what follows.
          if (format !== undefined) yield parseTweets(bytes, { name, format, firstLine });
        }
      } finally {
        input.close();
      }
    },
  };
}

/** An array is read line by line too: it has no end to wait for, and its lines go to quarantine. */
function guessFormat(bytes: Uint8Array): 'ndjson' | 'text' | undefined {
  if (Buffer.from(bytes).toString('utf8').trim() === '') return undefined;
  return detectFormat(bytes) === 'text' ? 'text' : 'ndjson';
}
