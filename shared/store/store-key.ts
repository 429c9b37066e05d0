import { NerError } from '../ner-error.ts';

/** S3's limit (https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html). */
const KEY_MAX_BYTES = 1_024;

/** Most file systems' limit for one name is 255 bytes. */
const SEGMENT_MAX_BYTES = 255;

/** No leading dot: that also rules out `.` and `..`, and keeps `.store` for the adapter. */
const SEGMENT = /^[A-Za-z0-9_=@+,-][A-Za-z0-9_=@+,.-]*$/;

/**
 * The segments of a key.
 *
 * @throws E_STORE_KEY when a segment is empty, begins with a dot, is too long or has other than the allowed characters.
 */
export function keySegments(key: string): readonly string[] {
  const segments = key.split('/');
  for (const segment of segments) {
    if (SEGMENT.test(segment) && segment.length <= SEGMENT_MAX_BYTES) continue;
    throw new NerError(
      'E_STORE_KEY',
      `store: a part of the key is not allowed, got ${JSON.stringify(segment)} in ${JSON.stringify(key.slice(0, 200))}; ` +
        `expected 1 to ${SEGMENT_MAX_BYTES} of A-Z a-z 0-9 _ - . = @ + , without a leading dot.`,
    );
  }
  if (key.length > KEY_MAX_BYTES) {
    throw new NerError(
      'E_STORE_KEY',
      `store: the key is too long, got ${key.length} bytes; expected at most ${KEY_MAX_BYTES}.`,
    );
  }
  return segments;
}
