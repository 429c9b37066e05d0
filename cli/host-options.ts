import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import type { HostOptions } from '../functions/local/host.ts';
import { integerFlag } from './strict-arguments.ts';

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
} as const;

interface HostArguments {
  readonly port?: string | undefined;
  readonly host?: string | undefined;
  readonly state: string;
}

/** @throws {E_USAGE} when the port is none */
export function hostOptions({ port, host, state }: HostArguments): HostOptions {
  return {
    stateDir: resolve(state),
    port: port === undefined ? undefined : integerFlag('port', port, 0, MAX_PORT),
    host,
    workers: availableParallelism(),
    clock: () => new Date(),
    log: (line) => process.stderr.write(`${line}\n`),
  };
}
