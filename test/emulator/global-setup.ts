import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { TestProject } from 'vitest/node';
import { ensurePythonEnvironment } from '../../scripts/python-environment.mjs';
import { readEnv } from '../../shared/env.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Address of moto's server; empty where there is no Python to run it. */
    readonly motoUrl: string;
  }
}

/** Starts the emulator for all suites and ends it after them. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { python, missing } = ensurePythonEnvironment({
    requirements: join(import.meta.dirname, 'requirements.txt'),
    check: 'import moto.server',
    download: 'about 100 MB',
  });
  if (missing !== undefined) {
    if (readEnv('CI') !== undefined) throw new Error(`test:emulator: moto cannot be installed: ${missing}`);
    console.error(`test:emulator: ${missing}. What needs moto is skipped.`);
    project.provide('motoUrl', '');
    return async () => undefined;
  }
  const server = spawn(python, [join(import.meta.dirname, 'moto_server.py')], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(server, 'exit');
  const { value, done } = await createInterface({ input: server.stdout })[Symbol.asyncIterator]().next();
  if (done === true) throw new Error('test:emulator: moto ended before it served; its reason stands above.');
  project.provide('motoUrl', value);
  return async () => {
    server.stdin.end();
    await ended;
  };
}
