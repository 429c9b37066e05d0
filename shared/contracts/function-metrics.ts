/** Where the functions' figures go; each carries the dimensions `service` (the function's name) and `stage`. */
export const METRICS_NAMESPACE = 'Tagwright';

/** Figures of the functions: what alarms and dashboard may ask for. All are counts, summed over a period. */
export const FUNCTION_METRICS = {
  tweetsTagged: 'TweetsTagged',
  tweetsDuplicate: 'TweetsDuplicate',
  tweetsQuarantined: 'TweetsQuarantined',
  tweetsAccepted: 'TweetsAccepted',
  linesRejected: 'LinesRejected',
  /** Messages that are delivered again. */
  messagesFailed: 'MessagesFailed',
  packsCounted: 'PacksCounted',
  modelSwapped: 'ModelSwapped',
  /** A model that is current was refused, and another goes on or none serves. */
  modelSwapFailed: 'ModelSwapFailed',
  /** Another writer was first, and the packs were counted again. */
  trendsConflicts: 'TrendsConflicts',
} as const;
export type FunctionMetric = (typeof FUNCTION_METRICS)[keyof typeof FUNCTION_METRICS];
