import { join } from 'node:path';
import { bundleFunctions } from '../../scripts/function-bundles/bundle-functions.ts';
import { packTweets } from '../../shared/stream/packer.ts';
import type { Tweet } from '../../shared/contracts/tweet.ts';
import { sqsEvent } from '../support/lambda-events.ts';
import { startLambda } from '../support/lambda-process.ts';
import { startLocalCloud } from '../support/local-cloud.ts';
import type { Samples } from './figure.ts';

const RUNS = 5;
/** Messages in an invocation, as the event source mapping has it. */
const BATCH = 10;
const AT = new Date('2026-11-24T08:00:00Z');

/**
 * Bundles the functions for this machine's architecture, and starts the tagger anew again and again: seconds until it is
 * loaded and until its first tweet is stored, then tweets a second of full batches, S3 and SQS of an emulator included.
 */
export async function measureFunctions(folder: string, texts: readonly string[]): Promise<Samples> {
  const architecture = process.arch === 'arm64' ? 'arm64' : 'x64';
  const bundles = await bundleFunctions({ architecture, outDir: join(folder, 'functions'), names: ['tagger'] });
  const { folder: bundle, deflatedBytes } = bundles[0]!;
  const cloud = await startLocalCloud();
  const [load, first, warm]: number[][] = [[], [], []];
  try {
    const { url } = await cloud.makeQueue('stored');
    for (let run = 0; run < RUNS; run++) {
      const begun = performance.now();
      const lambda = await startLambda({
        folder: bundle,
        environment: {
          ...cloud.environment,
          TAGWRIGHT_SIGNING_KEY: 'alias/unused',
          TAGWRIGHT_MODEL_POLL_SECONDS: '30',
          TAGWRIGHT_TRENDS_QUEUE_URL: url,
        },
      });
      try {
        load!.push((performance.now() - begun) / 1_000);
        await lambda.invoke(sqsEvent(bodies(`first-${run}`, texts.slice(0, 1))));
        first!.push((performance.now() - begun) / 1_000);
        const event = sqsEvent(bodies(`batch-${run}`, texts).slice(0, BATCH));
        const tweets = event.Records.reduce((sum, { body }) => sum + countOf(body), 0);
        const invoked = performance.now();
        await lambda.invoke(event);
        warm!.push((tweets / (performance.now() - invoked)) * 1_000);
      } finally {
        await lambda.end();
      }
    }
  } finally {
    await cloud.stop();
  }
  return { zip: [deflatedBytes / 2 ** 20], load: load!, first: first!, warm: warm! };
}

function bodies(name: string, texts: readonly string[]): readonly string[] {
  const tweets = texts.map((text, i): Tweet => ({ id: `${name}-${i}`, text }));
  return packTweets(tweets, { receivedAt: AT }).messages.map(({ body }) => body);
}

function countOf(body: string): number {
  return (JSON.parse(body) as { readonly tweets: readonly unknown[] }).tweets.length;
}
