import type { AnnotatedText } from './annotated-text.ts';

/** A file or stream of annotated texts. */
export interface AnnotationSource {
  /** For messages. */
  readonly name: string;
  readonly chunks: AsyncIterable<Uint8Array>;
}

/** What a conversion tells besides its result: nothing is left out or changed in silence. */
export interface ConversionNotes {
  /** A text or a part of one that is left out, by kind of reason: they are counted. */
  readonly leaveOut: (reason: string) => void;
  /** Something that was changed, as `place: what`. */
  readonly note: (message: string) => void;
}

export interface ReadOptions extends ConversionNotes {
  /** Texts by id, for records that have none. */
  readonly texts?: ReadonlyMap<string, string> | undefined;
  /** CoNLL: put tags right that break the BIO rules, instead of refusing them. */
  readonly repair?: boolean | undefined;
}

export interface WriteOptions extends ConversionNotes {
  /** Whether the spans are what people have marked, or what a model has found and people will correct. */
  readonly as: 'annotations' | 'predictions';
  /** What becomes of spans that overlap, where a format cannot have them. */
  readonly overlaps: 'refuse' | 'longest';
}

/** A format that tools exchange annotated texts in. */
export interface AnnotationFormat {
  /** What it is, in a line. */
  readonly description: string;
  /**
   * @throws {E_CORPUS_MALFORMED} what is not of the form, with its place
   * @throws {E_SPAN_INVALID} a span that is not in its text, with its place
   */
  readonly read: (source: AnnotationSource, options: ReadOptions) => AsyncIterable<AnnotatedText>;
  /** The text of the file in pieces. @throws {E_SPAN_INVALID} spans that overlap, where the format cannot have them */
  readonly write: (texts: AsyncIterable<AnnotatedText>, options: WriteOptions) => AsyncIterable<string>;
}
