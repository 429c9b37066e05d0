import type { Host } from '../functions/local/host.ts';
import { NerError } from '../shared/ner-error.ts';
import type { ChosenSource } from './source-flags.ts';

export interface FollowOptions {
  readonly signal: AbortSignal;
  /** Of a file, tweets a second at most. */
  readonly rate?: number | undefined;
  readonly say: (line: string) => void;
}

/**
 * Brings the chosen source's tweets to the host until its end or the signal, and says how it ended. A source that fails
 * leaves the host at work on what has come: the exit code, 1 then, is for the end.
 */
export async function followSource(
  host: Host,
  chosen: ChosenSource,
  { signal, rate, say }: FollowOptions,
): Promise<number> {
  if (chosen.kind === 'file') {
    await followFile(host, chosen.path, { signal, rate, say });
    return 0;
  }
  const { source } = chosen;
  say(`stream   ${source.name}`);
  try {
    await host.follow(source, signal);
    return 0;
  } catch (error) {
    if (!(error instanceof NerError)) throw error;
    // The host's log has said why.
    say(`stream   ${source.name} has failed; the host goes on with what has come`);
    return 1;
  }
}

async function followFile(host: Host, path: string, { signal, rate, say }: FollowOptions): Promise<void> {
  say(`stream   ${path}${rate === undefined ? '' : ` at ${rate} tweets/s`}`);
  const { tweets: sent, rejected, done, fresh } = await host.streamFile(path, signal, rate);
  if (!done) return;
  const bad = rejected === 0 ? '' : `, ${rejected} lines in quarantine`;
  say(`stream   at its end: ${sent} tweets sent${fresh ? '' : ', all of them before this start'}${bad}`);
  say(
    `post     curl ${host.url}/v1/tweets -H 'content-type: application/x-ndjson' -d '{"id": "1", "text": "Off to Lisbon"}'`,
  );
  say('stop     Ctrl-C');
}
