import { defineCommand } from 'citty';
import { z } from 'zod';
import { stageConfig, STAGES } from '../infra/stages.ts';
import { type CostLoad, costLoadSchema, LOAD_ASSUMPTIONS } from '../shared/cost/cost-load.ts';
import { LAMBDA_ARCHITECTURES } from '../shared/cost/lambda-compute.ts';
import { MEASURED_RATES, TAGGER_KINDS } from '../shared/cost/measured-rates.ts';
import { type Bill, monthlyBill } from '../shared/cost/monthly-bill.ts';
import { PRICES } from '../shared/cost/prices.ts';
import { NerError } from '../shared/ner-error.ts';
import { print } from './text-output.ts';
import { textTable } from './text-table.ts';

/** What spot instances save is taken to be 70 %, about the mean of AWS's own range of up to 90 %. */
const SPOT_PART = 0.3;

const number = (valueHint: string, description: string) => ({ type: 'string', valueHint, description }) as const;

export const cost = defineCommand({
  meta: { name: 'cost', description: 'Estimate what a month on AWS costs, line by line, and a million tweets' },
  args: {
    rate: { ...number('N', 'Tweets a second, on average'), required: true },
    stage: {
      type: 'enum',
      options: Object.keys(STAGES),
      default: 'prod',
      description: 'Stage whose settings count: retention, architecture, training',
    },
    tagger: {
      type: 'enum',
      options: TAGGER_KINDS,
      default: 'distilled',
      description: 'Kind of tagger whose measured rate counts: word-level or distilled, or MiniLM-L6 in int8',
    },
    'tweets-per-second-per-vcpu': number('N', 'Rate of a vCPU, instead of the one that was measured'),
    'tweet-bytes': number('N', `JSON of a tweet on the queue; by default ${LOAD_ASSUMPTIONS.tweetBytes}`),
    architecture: {
      type: 'enum',
      options: [...LAMBDA_ARCHITECTURES],
      description: 'Processor of the functions; by default that of the stage',
    },
    'retention-days': number('N', 'Days that results are kept; by default those of the stage'),
    'old-version-days': number(
      'N',
      'Days that deleted results are kept as old versions; by default those of the stage',
    ),
    retrains: number('N', `Training jobs a month; by default ${LOAD_ASSUMPTIONS.retrains}`),
    'backfill-tweets': number('N', 'Tweets a month that backfills tag; by default none'),
    json: { type: 'boolean', description: 'Print the bill, the load and the prices as JSON; by default a table' },
  },
  run: async ({ args }) => {
    const stage = stageConfig(args.stage);
    const given = (name: string, value: string | undefined, otherwise: number): number =>
      value === undefined ? otherwise : positive(name, value);
    const load = loadOf({
      ...LOAD_ASSUMPTIONS,
      tweetsPerSecond: positive('rate', args.rate),
      tweetBytes: given('tweet-bytes', args['tweet-bytes'], LOAD_ASSUMPTIONS.tweetBytes),
      tweetsPerSecondPerVcpu: given(
        'tweets-per-second-per-vcpu',
        args['tweets-per-second-per-vcpu'],
        MEASURED_RATES[args.tagger].tweetsPerSecond,
      ),
      architecture: args.architecture ?? (stage.architecture === 'arm64' ? 'arm64' : 'x86'),
      taggedDays: given('retention-days', args['retention-days'], stage.retentionDays.tagged),
      oldVersionDays: given('old-version-days', args['old-version-days'], stage.retentionDays.taggedOldVersions),
      logDays: stage.logRetentionDays,
      retrains: given('retrains', args.retrains, LOAD_ASSUMPTIONS.retrains),
      trainingInstance: stage.training.instanceType as CostLoad['trainingInstance'],
      trainingDiscountedTo: stage.training.profile === 'batch' ? SPOT_PART : 1,
      backfillTweets: given('backfill-tweets', args['backfill-tweets'], LOAD_ASSUMPTIONS.backfillTweets),
    });
    const bill = monthlyBill(load);
    if (args.json === true)
      await print(`${JSON.stringify({ stage: args.stage, bill, load, prices: PRICES }, null, 2)}\n`);
    else await print(asText(bill));
    say(caveats(MEASURED_RATES[args.tagger], args['tweets-per-second-per-vcpu'] === undefined));
    return 0;
  },
});

/** @throws {E_USAGE} */
function positive(name: string, value: string): number {
  const found = Number(value);
  if (value.trim() !== '' && Number.isFinite(found) && found >= 0) return found;
  throw new NerError('E_USAGE', `--${name}: not a number, got '${value}'; expected one of at least 0.`);
}

/** @throws {E_USAGE} */
function loadOf(load: CostLoad): CostLoad {
  const parsed = costLoadSchema.safeParse(load);
  if (parsed.success) return parsed.data;
  throw new NerError('E_USAGE', `tagwright cost: the load is out of range: ${z.prettifyError(parsed.error)}`);
}

function asText({ lines, dollars, dollarsPerMillion, tweets, dominant }: Bill): string {
  const perMillion = (line: number): string => ((1e6 * line) / tweets).toFixed(4);
  const rows = lines.map((line) => [line.name, line.dollars.toFixed(2), perMillion(line.dollars), line.basis]);
  const table = textTable(
    [
      { title: 'line' },
      { title: '$ a month', align: 'right' },
      { title: '$ a million', align: 'right' },
      { title: 'what it is' },
    ],
    [...rows, ['all', dollars.toFixed(2), dollarsPerMillion.toFixed(4), `${(tweets / 1e9).toFixed(3)} billion tweets`]],
  );
  const part = Math.round((100 * dominant.dollars) / dollars);
  return `${table}\n${dominant.name} dominates: ${part} % of the bill.\n`;
}

function caveats(measured: (typeof MEASURED_RATES)[keyof typeof MEASURED_RATES], isMeasured: boolean): string {
  const recalled = Object.values(PRICES).filter(({ source }) => source === 'recalled').length;
  const rate = isMeasured ? `The rate of a vCPU was measured on ${measured.date} on ${measured.machine}. ` : '';
  return (
    `An estimate: us-east-1, on demand, no free tier; ${recalled} of ${Object.keys(PRICES).length} prices are recalled, not looked up. ${rate}` +
    'Left out: provisioned pollers, WAF and CloudFront, taxes, support, and what people download.'
  );
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
