import { figureOf, type Figure } from './figure.ts';

/**
 * Prices of AWS Lambda in us-east-1, first tier, read on 2026-11-27 (https://aws.amazon.com/lambda/pricing): dollars for a
 * GB-second, and for a million requests on either kind of processor.
 */
export const LAMBDA_PRICES = { gbSecond: { x86: 0.0000166667, arm64: 0.0000133334 }, millionRequests: 0.2 } as const;

export type LambdaProcessor = keyof (typeof LAMBDA_PRICES)['gbSecond'];

/** One virtual core comes with so much memory (https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html). */
const MB_PER_CORE = 1_769;

/** Tweets in one queue message: 64,000 bytes hold about so many, and a message is a request. */
const TWEETS_PER_MESSAGE = 400;

const PROCESSORS = Object.keys(LAMBDA_PRICES.gbSecond) as LambdaProcessor[];

/** Dollars for tagging a million tweets at such a rate, on as many cores as it was measured with. */
export function dollarsPerMillion(processor: LambdaProcessor, tweetsPerSecond: number, cores: number): number {
  const gbSeconds = ((1e6 / tweetsPerSecond) * cores * MB_PER_CORE) / 1024;
  return gbSeconds * LAMBDA_PRICES.gbSecond[processor] + LAMBDA_PRICES.millionRequests / TWEETS_PER_MESSAGE;
}

/**
 * What a measured rate costs on Lambda: computed, not measured there. For arm64 the rate of this machine is taken, which is
 * none of arm64.
 */
export function costFigures(rate: Figure, cores: number): readonly Figure[] {
  return PROCESSORS.map((processor) =>
    figureOf(
      {
        name: `cost of a million, Lambda ${processor}, ${cores} cores${processor === 'arm64' ? ', speed assumed' : ''}`,
        unit: '$',
        data: rate.name,
      },
      [rate.max, rate.median, rate.min].map((tweetsPerSecond) => dollarsPerMillion(processor, tweetsPerSecond, cores)),
    ),
  );
}
