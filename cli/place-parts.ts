import { LINE_MAX_BYTES } from '../shared/contracts/limits.ts';
import type { Manifest } from '../shared/contracts/manifest.ts';
import type { LoadedModel } from '../shared/model/load-model.ts';
import { findPlaces, withLocations } from '../shared/places/find-places.ts';
import { readGeonames } from '../shared/places/geonames.ts';
import { mentionKey } from '../shared/places/place-name.ts';
import type { PlacedText } from '../shared/places/placed-text.ts';
import type { TargetTagger } from '../shared/places/target-chain.ts';
import { lineChunks } from '../shared/stream/line-chunks.ts';
import { parseTweets, type RejectedLine, type TweetFormat } from '../shared/stream/parse-tweets.ts';
import { guessFormat } from './tag-tweets.ts';
import type { TextInput } from './text-input.ts';

/** Some of the input with its places, in the order of the input. */
export interface PlacePart {
  readonly texts: readonly PlacedText[];
  /** Spans of the second tagger that met no place. */
  readonly unmet: number;
  /** Lines that were left out. */
  readonly rejected: readonly RejectedLine[];
}

export interface PlacePartsOptions {
  readonly first: LoadedModel;
  readonly types: ReadonlySet<string>;
  readonly target: LoadedModel | undefined;
  readonly clock: () => Date;
}

/** As for `tagwright tag`: enough to fill batches of the model, and few enough to see results soon. */
const MAX_LINES = 512;

/**
 * Finds places in a stream of texts, NDJSON or one plain text a line, whichever the first lines look like. Lines that are
 * neither are named and the rest goes on.
 *
 * @throws {E_TWEET_MALFORMED} when the input is one JSON array
 */
export async function* placeParts(
  { chunks, name }: TextInput,
  { first, types, target, clock }: PlacePartsOptions,
): AsyncGenerator<PlacePart> {
  const taggers = { first: first.predictor, types, target: target === undefined ? undefined : targetTagger(target) };
  let format: TweetFormat | undefined;
  for await (const { bytes, firstLine } of lineChunks(chunks, { maxLines: MAX_LINES, maxLineBytes: LINE_MAX_BYTES })) {
    format ??= guessFormat(name, bytes);
    if (format === undefined) continue;
    const { tweets, rejected } = parseTweets(bytes, { name, format, firstLine });
    const found = await findPlaces(
      tweets.map(({ text }) => text),
      taggers,
    );
    const about = {
      model: first.manifest.id,
      targetModel: target?.manifest.id ?? null,
      taggedAt: clock().toISOString(),
    };
    yield {
      texts: tweets.map(({ id }, i) => ({ id, places: found[i]!.places, ...about })),
      unmet: found.reduce((sum, { unmet }) => sum + unmet, 0),
      rejected,
    };
  }
}

/**
 * The same with locations. A gazetteer has millions of lines and is read once, for all names together: nothing comes before
 * the last of the parts is there.
 *
 * @throws {E_FILE_UNREADABLE} {E_GAZETTEER_MALFORMED} as `readGeonames`
 */
export async function* locateParts(parts: AsyncIterable<PlacePart>, gazetteer: string): AsyncGenerator<PlacePart> {
  const all: PlacePart[] = [];
  for await (const part of parts) all.push(part);
  const places = all.flatMap(({ texts }) => texts.flatMap((text) => text.places));
  const hits = await readGeonames(gazetteer, new Set(places.map(({ text }) => mentionKey(text))));
  for (const { texts, ...rest } of all) {
    yield { ...rest, texts: texts.map((text) => ({ ...text, places: withLocations(text.places, hits) })) };
  }
}

/** A model of targets, used as it was trained; one that no recipe of ours trained reads text. */
export function targetTagger({ manifest, predictor }: LoadedModel): TargetTagger {
  return { predictor, input: targetInput(manifest) };
}

function targetInput({ recipe }: Manifest): TargetTagger['input'] {
  const used = recipe['recipe'];
  if (typeof used !== 'object' || used === null || !('options' in used)) return 'text';
  const { options } = used;
  return typeof options === 'object' && options !== null && 'input' in options && options.input === 'tagged'
    ? 'tagged'
    : 'text';
}
