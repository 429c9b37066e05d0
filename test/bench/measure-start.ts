import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';
import { startCli } from '../support/cli.ts';
import type { Samples } from './figure.ts';
import { repeat } from './repeat.ts';

const RUNS = { least: 3, most: 7, budgetMs: 8_000 };
const TWEET = 'Landed in Lisbon with Ana';
const RETRY_MS = 5;

/** Seconds from the start of a process to its first tagged tweet. */
export async function measureStart(model: string, stateDir: string): Promise<Samples> {
  const tag = await repeat(RUNS, () => firstTagged(model));
  // The first host publishes the model; those that are measured find it.
  await firstServed(['--model', model, '--state', stateDir]);
  const serve = await repeat(RUNS, () => firstServed(['--state', stateDir]));
  return { tag, serve };
}

async function firstTagged(model: string): Promise<number> {
  const begun = performance.now();
  const child = startCli(['tag', '--model', model], { input: `${JSON.stringify({ id: '1', text: TWEET })}\n` });
  return withChild(child, async () => {
    const line = await firstLine(child, child.stdout!);
    const seconds = (performance.now() - begun) / 1000;
    if (!line.includes('"entities"')) throw new Error(`tag printed ${line}`);
    await once(child, 'close');
    return seconds;
  });
}

async function firstServed(args: readonly string[]): Promise<number> {
  const begun = performance.now();
  const child = startCli(['serve', '--port', '0', ...args]);
  return withChild(child, async () => {
    const line = await firstLine(child, child.stderr!, /http:\/\/\S+/);
    const url = `${/http:\/\/\S+/.exec(line)![0]}/v1/predict`;
    const request = { method: 'POST', headers: { 'content-type': 'application/json' } };
    while ((await fetch(url, { ...request, body: JSON.stringify({ texts: [TWEET] }) })).status !== 200) {
      await setTimeout(RETRY_MS);
    }
    const seconds = (performance.now() - begun) / 1000;
    child.kill('SIGTERM');
    await once(child, 'close');
    return seconds;
  });
}

/** The first line that matches; fails when the process ends without one. */
async function firstLine(child: ChildProcess, stream: NodeJS.ReadableStream, pattern = /./): Promise<string> {
  const lines: string[] = [];
  for await (const line of createInterface({ input: stream })) {
    if (pattern.test(line)) {
      stream.resume();
      return line;
    }
    lines.push(line);
  }
  throw new Error(`ended with ${String(child.exitCode)} and without ${String(pattern)}: ${lines.join('\n')}`);
}

async function withChild<T>(child: ChildProcess, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } finally {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
  }
}
