import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { type HostOptions, STOP_DEADLINE_MS } from '../functions/local/host.ts';
import { MAX_QUEUE_MESSAGES } from '../shared/contracts/limits.ts';
import { APPROVALS } from '../shared/contracts/promotion.ts';
import { packageVersion } from './package-version.ts';
import { choiceFlag, integerFlag } from './strict-arguments.ts';

const MAX_PORT = 65_535;

/** Flags of every verb that runs the embedded host. */
export const hostFlags = {
  port: { type: 'string', valueHint: 'N', description: 'Port to listen on; by default 8787 or the next free one' },
  host: { type: 'string', valueHint: 'ADDRESS', description: 'Address to listen on; by default 127.0.0.1' },
  state: {
    type: 'string',
    valueHint: 'DIR',
    default: '.tagwright',
    description: 'Folder of models, queue and results',
  },
  'max-queue': {
    type: 'string',
    valueHint: 'N',
    description: 'Messages of up to 64,000 bytes in the queue from which on tweets are refused; by default 10,000',
  },
  'stop-deadline': {
    type: 'string',
    valueHint: 'SECONDS',
    description: 'Time to finish what is in hand at SIGINT or SIGTERM; by default 10',
  },
  retrain: {
    type: 'boolean',
    default: true,
    description: 'Train on what tagwright upload brings',
    negativeDescription: 'Leave uploads for another host',
  },
  approval: {
    type: 'string',
    valueHint: APPROVALS.join('|'),
    default: 'automatic',
    description:
      'Whether a model that was trained so and is good enough serves at once, or after tagwright models approve',
  },
} as const;

interface HostArguments {
  readonly port?: string | undefined;
  readonly host?: string | undefined;
  readonly state: string;
  readonly 'max-queue'?: string | undefined;
  readonly 'stop-deadline'?: string | undefined;
  readonly retrain: boolean;
  readonly approval: string;
}

interface StopDeadline {
  readonly stopDeadlineMs: number;
}

/** @throws {E_USAGE} when a number is none */
export function hostOptions({ port, host, state, retrain, ...limits }: HostArguments): HostOptions & StopDeadline {
  const approval = choiceFlag('approval', limits.approval, APPROVALS);
  const { 'max-queue': maxQueue, 'stop-deadline': stopDeadline } = limits;
  return {
    stateDir: resolve(state),
    port: port === undefined ? undefined : integerFlag('port', port, 0, MAX_PORT),
    host,
    workers: availableParallelism(),
    clock: () => new Date(),
    log: (line) => process.stderr.write(`${line}\n`),
    maxQueueMessages: maxQueue === undefined ? MAX_QUEUE_MESSAGES : integerFlag('max-queue', maxQueue, 1),
    stopDeadlineMs:
      stopDeadline === undefined ? STOP_DEADLINE_MS : 1_000 * integerFlag('stop-deadline', stopDeadline, 1, 3_600),
    retraining: retrain ? { version: packageVersion, approval } : undefined,
  };
}
