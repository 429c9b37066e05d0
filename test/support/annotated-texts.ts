import fc from 'fast-check';
import type { AnnotatedText, TextSpan } from '../../training/data/annotation/annotated-text.ts';
import type { ReadOptions, WriteOptions } from '../../training/data/annotation/annotation-format.ts';
import { annotationFormats, type AnnotationFormatName } from '../../training/data/annotation/index.ts';

/** What a conversion has told. */
export interface Told {
  readonly notes: string[];
  readonly left: string[];
}

/** Reads a file of a format, given as text or bytes. */
export async function readAnnotated(
  format: AnnotationFormatName,
  content: string | Uint8Array,
  more: Partial<ReadOptions> & { readonly told?: Told } = {},
): Promise<AnnotatedText[]> {
  const { told = { notes: [], left: [] }, ...options } = more;
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  async function* chunks(): AsyncGenerator<Uint8Array> {
    // Pieces that cut characters and lines.
    for (let at = 0; at < bytes.length; at += 7) yield bytes.subarray(at, at + 7);
  }
  const notes = { leaveOut: (reason: string) => told.left.push(reason), note: (what: string) => told.notes.push(what) };
  const texts: AnnotatedText[] = [];
  for await (const text of annotationFormats[format].read({ name: 'file', chunks: chunks() }, { ...notes, ...options }))
    texts.push(text);
  return texts;
}

/** The file that a format makes of texts. */
export async function writeAnnotated(
  format: AnnotationFormatName,
  texts: readonly AnnotatedText[],
  more: Partial<WriteOptions> & { readonly told?: Told } = {},
): Promise<string> {
  const { told = { notes: [], left: [] }, ...options } = more;
  const notes = { leaveOut: (reason: string) => told.left.push(reason), note: (what: string) => told.notes.push(what) };
  async function* all(): AsyncGenerator<AnnotatedText> {
    yield* texts;
  }
  let written = '';
  const writing: WriteOptions = { ...notes, as: 'annotations', overlaps: 'refuse', ...options };
  for await (const piece of annotationFormats[format].write(all(), writing)) written += piece;
  return written;
}

const CHUNKS = [
  'Ada',
  'né',
  'e\u0301',
  '🚀',
  '👨‍👩‍👧',
  '🇫🇷',
  '👋🏽',
  '𝕏',
  'ß',
  '.',
  '#tag',
  ' ',
  '  ',
  '\n',
  '\t',
  '\u00a0',
  '\ufeff',
  '"',
  '\\n',
];

/** A text of words, emoji, combining marks and white space, with spans between any two of its characters. */
export function annotatedTexts(): fc.Arbitrary<AnnotatedText> {
  const text = fc.array(fc.oneof(fc.constantFrom(...CHUNKS), fc.string({ unit: 'binary', maxLength: 3 })), {
    maxLength: 12,
  });
  return text.chain((chunks) => {
    const joined = chunks.join('');
    const points = Array.from(joined);
    const at = fc.nat(points.length);
    return fc
      .array(fc.tuple(at, at, fc.constantFrom('person', 'geo-loc', 'Größe 🚀')), { maxLength: 4 })
      .map((raw) => ({ id: 'id 1', text: joined, place: 'here', spans: raw.flatMap((one) => spanAt(points, one)) }))
      .map((item) => ({ ...item, spans: item.spans.toSorted((a, b) => a.start - b.start || a.end - b.end) }));
  });
}

/** A span by code points, counted here without the code under test. */
function spanAt(points: readonly string[], [a, b, type]: readonly [number, number, string]): readonly TextSpan[] {
  if (a === b) return [];
  const utf16 = (count: number): number => points.slice(0, count).join('').length;
  return [{ type, start: utf16(Math.min(a, b)), end: utf16(Math.max(a, b)) }];
}
