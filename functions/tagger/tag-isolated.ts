import type { Entity } from '../../shared/contracts/tweet.ts';
import { NerError } from '../../shared/ner-error.ts';
import type { Tagger } from './tagger.ts';

/** What became of one text: its entities and the model that found them, or the error that it alone provokes. */
export type TagOutcome =
  { readonly entities: readonly Entity[]; readonly modelId: string } | { readonly error: unknown };

/** Any tagger that is well can do this one. */
const PROBE = ['Is anyone there?'];

/**
 * Tags all texts in one call. When that throws, halves find the texts that are to blame: a text is to blame when it
 * throws alone while the tagger, right before, is shown to be well by a plain text.
 *
 * @throws what the tagger threw, when it is not well: then no text is to blame.
 */
export async function tagIsolated(tagger: Tagger, texts: readonly string[]): Promise<readonly TagOutcome[]> {
  if (texts.length === 0) return [];
  try {
    const modelId = tagger.modelId;
    const found = await tagAll(tagger, texts);
    return found.map((entities) => ({ entities, modelId }));
  } catch (error) {
    await assertWell(tagger, error);
    if (texts.length === 1) return [{ error }];
    const middle = texts.length >> 1;
    const left = await tagIsolated(tagger, texts.slice(0, middle));
    return [...left, ...(await tagIsolated(tagger, texts.slice(middle)))];
  }
}

async function tagAll(tagger: Tagger, texts: readonly string[]): ReturnType<Tagger['tag']> {
  const found = await tagger.tag(texts);
  if (found.length === texts.length) return found;
  throw new NerError('E_INTERNAL', `internal: tag: got ${found.length} results; expected ${texts.length}.`);
}

async function assertWell(tagger: Tagger, reason: unknown): Promise<void> {
  try {
    await tagAll(tagger, PROBE);
  } catch {
    throw reason;
  }
}
