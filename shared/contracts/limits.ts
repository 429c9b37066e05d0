/** Sizes and rates that more than one part must agree on. */

/** A packed queue message: SQS bills in 64 KB chunks (https://docs.aws.amazon.com/AWSSimpleQueueService), so stay below. */
export const MESSAGE_MAX_BYTES = 64_000;

/** One tweet's text. X allows 280 weighted characters, longer posts 4,000; beyond that it is not a tweet. */
export const TWEET_MAX_CODE_POINTS = 4_000;

/** One NDJSON line, in bytes: a longer one is refused before it is parsed. */
export const LINE_MAX_BYTES = 32_768;

/** One HTTP request body, in bytes. */
export const BODY_MAX_BYTES = 8 * 1024 * 1024;

/** Texts in one predict request. */
export const PREDICT_MAX_TEXTS = 256;

/** A message that failed this often goes to the dead-letter queue. */
export const MAX_RECEIVE_COUNT = 5;

/** Words of one sentence that the tagger sees at once; longer texts are tagged in overlapping windows. */
export const WINDOW_MAX_WORDS = 128;

/**
 * Messages in the embedded queue from which on tweets are refused: at some 64,000 bytes each at most 640 MB on disk, three
 * million tweets, minutes of work for two cores.
 */
export const MAX_QUEUE_MESSAGES = 10_000;

/** One event on the bus: EventBridge's limit (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html). */
export const EVENT_MAX_BYTES = 256 * 1024;
