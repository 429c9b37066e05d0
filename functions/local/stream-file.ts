import type { Metrics } from '../../shared/metrics/metrics.ts';
import { type FileSourceOptions, type FileSourceProgress, runFileSource } from './file-source.ts';

/**
 * Messages in the queue above which a file waits: a file has time, and what comes in over HTTP should not stand behind
 * half a million of its tweets.
 */
const MAX_QUEUE_DEPTH = 64;

/** Sends a file of tweets to the queue and counts them; `fresh` says whether anything was left to send. */
export async function streamFile(
  options: Omit<FileSourceOptions, 'maxDepth' | 'onProgress' | 'onSent'>,
  signal: AbortSignal,
  metrics: Pick<Metrics, 'add'>,
): Promise<FileSourceProgress & { readonly fresh: boolean }> {
  let fresh = false;
  const onSent = (tweets: number, rejected: number): void => {
    metrics.add('tagwright_tweets_accepted_total', tweets);
    metrics.add('tagwright_lines_rejected_total', rejected);
  };
  const onProgress = ({ done }: FileSourceProgress): void => {
    // A file that was at its end before has no progress but that it is done.
    fresh ||= !done;
  };
  const progress = await runFileSource({ ...options, maxDepth: MAX_QUEUE_DEPTH, onSent, onProgress }, signal);
  return { ...progress, fresh };
}
