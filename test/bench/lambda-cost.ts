import {
  LAMBDA_ARCHITECTURES,
  type LambdaArchitecture,
  lambdaSeconds,
  MB_PER_VCPU,
} from '../../shared/cost/lambda-compute.ts';
import { PRICES } from '../../shared/cost/prices.ts';
import { figureOf, type Figure } from './figure.ts';

/** Tweets in one queue message: 64,000 bytes hold about so many short ones, and a message is a request. */
const TWEETS_PER_MESSAGE = 400;

/** Dollars for tagging a million tweets at such a rate, on as many cores as it was measured with: `tagwright cost` has the whole bill. */
export function dollarsPerMillion(architecture: LambdaArchitecture, tweetsPerSecond: number, cores: number): number {
  const seconds = 1e6 / tweetsPerSecond;
  const compute = lambdaSeconds(PRICES, architecture, { seconds, memoryMb: cores * MB_PER_VCPU });
  return compute + PRICES.lambdaRequests.dollars / TWEETS_PER_MESSAGE;
}

/**
 * What a measured rate costs on Lambda: computed, not measured there. For arm64 the rate of this machine is taken, which is
 * none of arm64.
 */
export function costFigures(rate: Figure, cores: number): readonly Figure[] {
  return LAMBDA_ARCHITECTURES.map((architecture) =>
    figureOf(
      {
        name: `cost of a million, Lambda ${architecture}, ${cores} cores${architecture === 'arm64' ? ', speed assumed' : ''}`,
        unit: '$',
        data: rate.name,
      },
      [rate.max, rate.median, rate.min].map((tweetsPerSecond) =>
        dollarsPerMillion(architecture, tweetsPerSecond, cores),
      ),
    ),
  );
}
