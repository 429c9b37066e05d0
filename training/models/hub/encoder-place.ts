import { statSync } from 'node:fs';
import { NerError } from '../../../shared/ner-error.ts';

/** Where a pre-trained encoder is: in a folder, or on the hub. */
export type EncoderPlace =
  { readonly kind: 'folder'; readonly folder: string } | { readonly kind: 'hub'; readonly id: string };

/** `name` or `organisation/name`, as the hub allows them (huggingface_hub 0.36, validate_repo_id), so `./name` is none. */
const HUB_ID = /^[A-Za-z0-9]([\w.-]*\w)?(\/\w([\w.-]*\w)?)?$/;
const LONGEST_ID = 96;

/**
 * What the user means by `encoder`: a folder where there is one, else a model of the hub.
 *
 * @throws {E_ENCODER_MISSING} when there is no such folder, and it cannot be an id
 */
export function encoderPlace(encoder: string): EncoderPlace {
  if (statSync(encoder, { throwIfNoEntry: false })?.isDirectory() ?? false) return { kind: 'folder', folder: encoder };
  const isId = HUB_ID.test(encoder) && !/--|\.\./.test(encoder) && encoder.length <= LONGEST_ID;
  if (isId) return { kind: 'hub', id: encoder };
  throw new NerError(
    'E_ENCODER_MISSING',
    `${encoder}: there is no such folder, and it is no id of a model on the hub; expected a Hugging Face folder, or ` +
      'ORGANISATION/NAME. Check the path, or name a model of the hub, such as sentence-transformers/all-MiniLM-L6-v2.',
  );
}
