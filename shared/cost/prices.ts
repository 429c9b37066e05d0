import { z } from 'zod';

/** Where a price is from. `recalled`: from memory, and to be looked up before anything rests on it. */
const priceSchema = z.strictObject({
  dollars: z.number().positive(),
  per: z.string().min(1),
  source: z.string().min(1),
  /** When it was read or recalled. */
  date: z.iso.date(),
});
export type Price = z.infer<typeof priceSchema>;

const read = (dollars: number, per: string, source: string): Price => ({ dollars, per, source, date: '2026-11-27' });
const recalled = (dollars: number, per: string): Price => read(dollars, per, 'recalled');

const LAMBDA = 'https://aws.amazon.com/lambda/pricing';

/** On-demand prices of us-east-1 in dollars, first tier and without free tiers: an estimate, not an offer. */
const TABLE = {
  lambdaArm64: read(0.0000133334, 'GB-second', LAMBDA),
  lambdaX86: read(0.0000166667, 'GB-second', LAMBDA),
  lambdaRequests: read(0.2, 'million requests', LAMBDA),
  // Of pages that quote it, not of AWS's own.
  sqsRequests: {
    dollars: 0.4,
    per: 'million requests of 64 KB',
    source: 'factualminds.com, cloudburn.io',
    date: '2026-06-01',
  },
  s3Put: recalled(5, 'million requests'),
  s3Get: recalled(0.4, 'million requests'),
  s3Storage: recalled(0.023, 'GB-month'),
  kmsKey: recalled(1, 'key-month'),
  kmsRequests: recalled(3, 'million requests'),
  eventBridge: recalled(1, 'million events'),
  logsIngest: recalled(0.5, 'GB'),
  logsStorage: recalled(0.03, 'GB-month'),
  metric: recalled(0.3, 'metric-month'),
  alarm: recalled(0.1, 'alarm-month'),
  dashboard: recalled(3, 'dashboard-month'),
  traces: recalled(5, 'million traces'),
  stepFunctionsExpress: recalled(1, 'million requests'),
  transferOut: recalled(0.09, 'GB'),
  'ml.m5.xlarge': recalled(0.23, 'hour'),
  'ml.g4dn.xlarge': recalled(0.736, 'hour'),
  'ml.g5.xlarge': recalled(1.408, 'hour'),
} as const satisfies Record<string, Price>;

export type PriceName = keyof typeof TABLE;
export type PriceTable = Readonly<Record<PriceName, Price>>;

const names = Object.keys(TABLE) as [PriceName, ...PriceName[]];

/** @throws {z.ZodError} when a price is missing or none */
export const PRICES: PriceTable = z.record(z.enum(names), priceSchema).parse(TABLE);
