import { MESSAGE_MAX_BYTES } from '../contracts/limits.ts';
import type { CostLoad } from './cost-load.ts';
import { lambdaSeconds, MB_PER_VCPU } from './lambda-compute.ts';
import { type PriceName, PRICES, type PriceTable } from './prices.ts';

export interface BillLine {
  readonly name: string;
  /** The arithmetic, in words. */
  readonly basis: string;
  readonly dollars: number;
}

/** A month of 30 days. */
export interface Bill {
  readonly tweets: number;
  readonly lines: readonly BillLine[];
  readonly dollars: number;
  readonly dollarsPerMillion: number;
  readonly dominant: BillLine;
}

const SECONDS = 30 * 24 * 60 * 60;
const MILLION = 1e6;
const GB = 1e9;

/** Before and after the tweets of a message: its version and time. */
const ENVELOPE_BYTES = 80;
/** Messages that one call deletes. */
const DELETES_PER_CALL = 10;
/** With bucket keys S3 asks KMS for one request in about so many (https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-key.html). */
const REQUESTS_PER_BUCKET_KEY = 100;
/** Lake, logs and signature. */
const KEYS = 3;
/** X-Ray's default rule. */
const TRACED_PART = 0.05;
/** Tweets of one child of a backfill, and so of one part of a file. */
const TWEETS_PER_CHILD = 32_768;

/** What a month of a stage costs, line by line, in the order of the pipeline. */
export function monthlyBill(load: CostLoad, prices: PriceTable = PRICES): Bill {
  const tweets = load.tweetsPerSecond * SECONDS;
  const lines = [...streamLines(load, tweets, prices), ...aroundLines(load, prices)];
  const dollars = lines.reduce((sum, line) => sum + line.dollars, 0);
  const dominant = lines.reduce((most, line) => (line.dollars > most.dollars ? line : most));
  return { tweets, lines, dollars, dollarsPerMillion: dollars / (tweets / MILLION), dominant };
}

/** Tweets of such a size in one packed message. */
export function tweetsPerMessage(tweetBytes: number): number {
  return Math.max(1, Math.floor((MESSAGE_MAX_BYTES - ENVELOPE_BYTES) / (tweetBytes + 1)));
}

/** What grows with the stream. */
function streamLines(load: CostLoad, tweets: number, prices: PriceTable): readonly BillLine[] {
  const perMillion = (name: PriceName, count: number): number => (count / MILLION) * prices[name].dollars;
  const packs = tweets / tweetsPerMessage(load.tweetBytes);
  const invocations = packs / load.messagesPerInvocation;
  const trendsRuns = (load.trendsInvocationsPerMinute * SECONDS) / 60;
  const seconds = tweets / load.tweetsPerSecondPerVcpu;
  const storedDays = load.taggedDays + load.oldVersionDays;
  const storedGb = (tweets * (load.tweetBytes + load.addedBytes) * (storedDays / 30)) / GB;
  const lambda = (work: { readonly seconds: number; readonly memoryMb: number }): number =>
    lambdaSeconds(prices, load.architecture, work);
  return [
    {
      name: 'SQS ingest',
      basis: `${inMillions(packs)} messages of ${tweetsPerMessage(load.tweetBytes)} tweets: send, receive, a tenth of a delete`,
      dollars: perMillion('sqsRequests', packs * (2 + 1 / DELETES_PER_CALL)),
    },
    {
      name: 'Lambda tagger, compute',
      basis: `${inMillions(seconds)} vCPU-seconds at ${load.tweetsPerSecondPerVcpu} tweets/s, ${load.architecture}`,
      dollars: lambda({ seconds, memoryMb: MB_PER_VCPU }),
    },
    {
      name: 'Lambda tagger, requests',
      basis: `${inMillions(invocations)} invocations of ${load.messagesPerInvocation} messages`,
      dollars: perMillion('lambdaRequests', invocations),
    },
    {
      name: 'S3 PUT, results',
      basis: `${inMillions(packs)} objects, one a message`,
      dollars: perMillion('s3Put', packs),
    },
    {
      name: 'S3 storage, results',
      basis: `${Math.round(storedGb)} GB: ${load.taggedDays} days and ${load.oldVersionDays} more as old versions`,
      dollars: storedGb * prices.s3Storage.dollars,
    },
    {
      name: 'EventBridge',
      basis: `${inMillions(packs)} events: the lake's bucket sends one for each object`,
      dollars: perMillion('eventBridge', packs),
    },
    {
      name: 'SQS trends',
      basis: `${inMillions(invocations)} messages, one an invocation`,
      dollars: perMillion('sqsRequests', invocations * (2 + 1 / DELETES_PER_CALL)),
    },
    {
      name: 'Lambda trends',
      basis: `one environment of ${load.trendsMemoryMb} MB, always at work: the most there can be`,
      dollars: lambda({ seconds: SECONDS, memoryMb: load.trendsMemoryMb }) + perMillion('lambdaRequests', trendsRuns),
    },
    {
      name: 'S3 GET and PUT, trends',
      basis: `${inMillions(packs)} results read, ${inMillions(trendsRuns)} files written`,
      dollars: perMillion('s3Get', packs) + perMillion('s3Put', trendsRuns),
    },
    {
      name: 'KMS',
      basis: `${KEYS} keys, and one request in ${REQUESTS_PER_BUCKET_KEY} of S3's`,
      dollars: KEYS * prices.kmsKey.dollars + perMillion('kmsRequests', (2 * packs) / REQUESTS_PER_BUCKET_KEY),
    },
    logsLine(load, invocations + trendsRuns + load.apiRequests, prices),
    {
      name: 'X-Ray',
      basis: `${100 * TRACED_PART} % of invocations`,
      dollars: perMillion('traces', TRACED_PART * (invocations + trendsRuns + load.apiRequests)),
    },
  ];
}

/** What is around the stream, and does not grow with it. */
function aroundLines(load: CostLoad, prices: PriceTable): readonly BillLine[] {
  const perMillion = (name: PriceName, count: number): number => (count / MILLION) * prices[name].dollars;
  const apiSeconds = (load.apiRequests * load.apiMilliseconds) / 1_000;
  const responseGb = (load.apiRequests * load.apiResponseBytes) / GB;
  const { alarms, customMetrics, retrains, trainingHours, backfillTweets } = load;
  const children = backfillTweets / TWEETS_PER_CHILD;
  const seconds = backfillTweets / load.tweetsPerSecondPerVcpu;
  return [
    {
      name: 'Lambda API',
      basis: `${inMillions(load.apiRequests)} requests of ${load.apiMilliseconds} ms`,
      dollars:
        lambdaSeconds(prices, load.architecture, { seconds: apiSeconds, memoryMb: load.apiMemoryMb }) +
        perMillion('lambdaRequests', load.apiRequests),
    },
    {
      name: 'data transfer out',
      basis: `${responseGb.toFixed(1)} GB of responses`,
      dollars: responseGb * prices.transferOut.dollars,
    },
    {
      name: 'CloudWatch',
      basis: `${customMetrics} metrics, ${alarms} alarms, a dashboard`,
      dollars: customMetrics * prices.metric.dollars + alarms * prices.alarm.dollars + prices.dashboard.dollars,
    },
    {
      name: 'SageMaker training',
      basis: `${retrains} jobs of ${trainingHours} h on ${load.trainingInstance} at ${Math.round(100 * load.trainingDiscountedTo)} % of its price`,
      dollars: retrains * trainingHours * prices[load.trainingInstance].dollars * load.trainingDiscountedTo,
    },
    {
      name: 'backfill',
      basis: `${inMillions(backfillTweets)} tweets: Lambda, Step Functions, S3`,
      dollars:
        lambdaSeconds(prices, load.architecture, { seconds, memoryMb: MB_PER_VCPU }) +
        perMillion('lambdaRequests', children) +
        perMillion('stepFunctionsExpress', children) +
        // A result and the mark that the part is done.
        perMillion('s3Put', 2 * children),
    },
  ];
}

function logsLine(load: CostLoad, invocations: number, prices: PriceTable): BillLine {
  const gb = (invocations * load.logBytesPerInvocation) / GB;
  return {
    name: 'CloudWatch logs',
    basis: `${gb.toFixed(1)} GB, kept for ${load.logDays} days`,
    dollars: gb * (prices.logsIngest.dollars + (prices.logsStorage.dollars * load.logDays) / 30),
  };
}

function inMillions(count: number): string {
  return `${(count / MILLION).toPrecision(3)} M`;
}
