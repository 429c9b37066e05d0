/**
 * Every way Tagwright refuses something, by name. Each code has a section in docs/errors.md and a test that provokes
 * it; a test compares this list with that page.
 */
export const ERROR_CODES = [
  'E_USAGE',
  'E_INTERNAL',
  'E_ENVIRONMENT',
  'E_FILE_UNREADABLE',
  'E_FILE_UNWRITABLE',
  'E_CORPUS_MALFORMED',
  'E_CORPUS_EMPTY',
  'E_CORPUS_COLUMN',
  'E_CORPUS_NO_TRAIN',
  'E_GAZETTEER_MALFORMED',
  'E_DATASET_MALFORMED',
  'E_DATASET_MISMATCH',
  'E_DATASET_NO_TEST',
  'E_SPLIT_OVERLAP',
  'E_TYPE_UNSEEN',
  'E_LABEL_UNKNOWN',
  'E_SPAN_INVALID',
  'E_VECTORS_MISSING',
  'E_VECTORS_MALFORMED',
  'E_TOKENIZER_MALFORMED',
  'E_TOKENIZER_UNSUPPORTED',
  'E_TOKENIZER_MISSING',
  'E_TOKENIZER_LIBRARY',
  'E_TOKENIZER_MISMATCH',
  'E_SHAPE_MISMATCH',
  'E_DTYPE_MISMATCH',
  'E_GRAPH_INVALID',
  'E_GRAPH_RUN',
  'E_GRAPH_UNSAFE',
  'E_GRAPH_TOO_LARGE',
  'E_EXPORT_GATE',
  'E_DEVICE_UNAVAILABLE',
  'E_WORKER_LOST',
  'E_BUSY',
  'E_TRAINING_DIVERGED',
  'E_TRAINING_INPUT',
  'E_HYPERPARAMETER',
  'E_CHECKPOINT_CORRUPT',
  'E_CHECKPOINT_MISMATCH',
  'E_BUNDLE_MISSING',
  'E_BUNDLE_TAMPERED',
  'E_BUNDLE_FOREIGN',
  'E_BUNDLE_UNSIGNED',
  'E_MODEL_GOLDEN',
  'E_WEIGHTS_MALFORMED',
  'E_WEIGHTS_MISMATCH',
  'E_WEIGHTS_MISSING',
  'E_ENCODER_MISSING',
  'E_HUB_UNREACHABLE',
  'E_HUB_UNKNOWN',
  'E_HUB_REVISION',
  'E_HUB_DENIED',
  'E_HUB_CORRUPT',
  'E_ENCODER_UNSUPPORTED',
  'E_MODEL_UNKNOWN',
  'E_NOT_AWAITING',
  'E_STORE_CONFLICT',
  'E_STORE_KEY',
  'E_RESULT_DAMAGED',
  'E_BACKFILL_RUN',
  'E_BACKFILL_INPUT',
  'E_QUEUE_MESSAGE',
  'E_DATABASE_LOCKED',
  'E_DATABASE_CORRUPT',
  'E_TWEET_MALFORMED',
  'E_TWEET_TOO_LARGE',
  'E_UNAUTHORIZED',
  'E_REQUEST_MALFORMED',
  'E_REQUEST_TOO_LARGE',
  'E_REQUEST_MEDIA_TYPE',
  'E_REQUEST_HOST',
  'E_REQUEST_ORIGIN',
  'E_REQUEST_METHOD',
  'E_REQUEST_INVALID',
  'E_REQUEST_RATE',
  'E_REQUEST_TIMEOUT',
  'E_QUEUE_FULL',
  'E_STOPPING',
  'E_SOURCE_DENIED',
  'E_SOURCE_REFUSED',
  'E_SOURCE_UNREACHABLE',
  'E_STREAM_FULL',
  'E_TREND_UNKNOWN',
  'E_MERGE_UNKNOWN',
  'E_SQL',
  'E_JOB_INVALID',
  'E_JOB_CONFLICT',
  'E_JOB_LIMIT',
  'E_JOB_UNKNOWN',
  'E_EVENT_REFUSED',
  'E_CLOUD_DENIED',
  'E_CLOUD_REFUSED',
  'E_CLOUD_UNREACHABLE',
  'E_NOT_FOUND',
  'E_NOT_READY',
  'E_PORT_IN_USE',
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

/**
 * The one error class. Message form: `<what the caller called>: <what is wrong>, got <value>; expected <...>. <what to
 * do>`, in the words of the API that the caller used; data errors begin with `file:line: `. Broken invariants of ours
 * carry E_INTERNAL and begin with `internal:`.
 */
export class NerError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'NerError';
    this.code = code;
  }
}
