import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { readResults } from '../../shared/results/read-results.ts';
import { cli } from '../support/cli.ts';
import { collect } from '../support/collect.ts';
import { drained, type HostProcess, hostProcess } from '../support/host-process.ts';
import { openStore } from '../support/open-store.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { provideTinyModel } from '../support/tiny-model.ts';

// Real failures of a real host. After each, when the cause is gone, every accepted tweet is in the results once.

let withModel = '';
beforeAll(async () => {
  withModel = mkdtempSync(join(tmpdir(), 'tagwright-model-'));
  await provideTinyModel(join(withModel, 'state'), join(withModel, 'job'));
  return () => {
    rmSync(withModel, { recursive: true, force: true });
  };
}, 120_000);

function freshState(): string {
  const state = tempFolder();
  cpSync(join(withModel, 'state'), state, { recursive: true });
  return state;
}

function start(through: readonly string[] = []): HostProcess {
  const host = hostProcess(through);
  onTestFinished(() => host.end('SIGKILL'));
  return host;
}

interface Answer {
  readonly status: number;
  readonly code?: string;
}

async function post(url: string, ids: readonly string[], text = 'Anna met Bob in Paris'): Promise<Answer> {
  const response = await fetch(`${url}/v1/tweets`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-ndjson' },
    body: ids.map((id) => JSON.stringify({ id, text })).join('\n'),
  });
  return { status: response.status, ...((await response.json()) as { readonly code?: string }) };
}

const ids = (from: number, count: number): string[] => Array.from({ length: count }, (_, i) => String(from + i));

/** Puts dead letters back until there is nothing left to do, and expects the results to be these. */
async function expectAll(
  host: HostProcess,
  { url, state }: { url: string; state: string },
  expected: readonly string[],
) {
  await drained(url);
  expect((await cli(['redrive', '--state', state])).code).toBe(0);
  await drained(url);
  expect(await host.close()).toBe(0);
  const { store } = openStore(join(state, 'store'));
  const found = (await collect(readResults(store))).map(({ id }) => id);
  expect(found.sort()).toEqual([...expected].sort());
}

describe('no accepted tweet is lost', () => {
  test('when the disk is full, which senders and the log are told, and room comes', { timeout: 240_000 }, async () => {
    const state = freshState();
    // The kernel refuses to let any file grow beyond 2 MB: the write-ahead log of the queue gets there first.
    const host = start(['bash', '-c', `trap '' XFSZ; ulimit -S -f 2000; exec "$0" "$@"`]);
    const url = (await host.go({ state }))!;
    const text = `Anna met Bob ${'in Paris '.repeat(60)}`;
    let accepted = 0;
    let answer = await post(url, ids(0, 100), text);
    for (; answer.status === 202; answer = await post(url, ids(accepted, 100), text)) accepted += 100;
    expect(accepted).toBeGreaterThan(0);
    expect(answer).toMatchObject({ status: 503, code: 'E_FILE_UNWRITABLE' });
    await host.said(/E_FILE_UNWRITABLE: queue: .*queue\.sqlite cannot be used/);
    execFileSync('prlimit', ['--pid', String(host.child.pid), '--fsize=unlimited']);
    expect(await post(url, ids(accepted, 100), text)).toMatchObject({ status: 202 });
    await expectAll(host, { url, state }, ids(0, accepted + 100));
  });

  test(
    'when results cannot be written, which the log says, and the folder is writable again',
    { timeout: 240_000 },
    async () => {
      const state = freshState();
      const folder = join(state, 'store', 'tagged');
      mkdirSync(folder);
      chmodSync(folder, 0o555);
      // Permissions bind root only where it has no capabilities.
      const host = start(process.getuid?.() === 0 ? ['setpriv', '--bounding-set=-all', '--inh-caps=-all'] : []);
      const url = (await host.go({ state }))!;
      expect(await post(url, ids(0, 300))).toMatchObject({ status: 202 });
      await host.said(/tried again: E_FILE_UNWRITABLE: store: tagged\/\S+ cannot be written, got 'EACCES/);
      expect(await post(url, ids(300, 100))).toMatchObject({ status: 202 });
      chmodSync(folder, 0o755);
      await expectAll(host, { url, state }, ids(0, 400));
    },
  );

  test(
    'when another process locks a database, which senders and the log are told, and lets go',
    { timeout: 240_000 },
    async () => {
      const state = freshState();
      const host = start();
      const url = (await host.go({ state }))!;
      expect(await post(url, ids(0, 100))).toMatchObject({ status: 202 });
      for (const [file, from] of [
        ['queue.sqlite', 100],
        ['ledger.sqlite', 200],
      ] as const) {
        const database = new DatabaseSync(join(state, file), { timeout: 10_000 });
        database.exec('BEGIN IMMEDIATE');
        const answer = await post(url, ids(from, 100));
        expect(answer).toMatchObject(
          file === 'queue.sqlite' ? { status: 503, code: 'E_DATABASE_LOCKED' } : { status: 202 },
        );
        await host.said(new RegExp(`E_DATABASE_LOCKED: \\w+: .*${file} cannot be used`));
        database.exec('ROLLBACK');
        database.close();
        if (answer.status !== 202) expect(await post(url, ids(from, 100))).toMatchObject({ status: 202 });
      }
      await expectAll(host, { url, state }, ids(0, 300));
    },
  );

  test(
    'when a page of the queue is damaged, which is said at the start, and the file is restored',
    { timeout: 240_000 },
    async () => {
      // Without a model everything waits in the queue.
      const state = tempFolder();
      const first = start();
      const url = (await first.go({ state }))!;
      for (let from = 0; from < 1_000; from += 100)
        expect(await post(url, ids(from, 100))).toMatchObject({ status: 202 });
      expect(await first.close()).toBe(0);
      const queue = join(state, 'queue.sqlite');
      copyFileSync(queue, `${queue}.backup`);
      const database = new DatabaseSync(queue);
      const root = Number(
        database.prepare("SELECT rootpage FROM sqlite_schema WHERE name = 'messages'").get()!['rootpage'],
      );
      const sizeBytes = Number(database.prepare('PRAGMA page_size').get()!['page_size']);
      database.close();
      const file = openSync(queue, 'r+');
      writeSync(file, Buffer.alloc(sizeBytes, 0xa5), 0, sizeBytes, (root - 1) * sizeBytes);
      closeSync(file);

      cpSync(join(withModel, 'state', 'store'), join(state, 'store'), { recursive: true });
      // The model comes from before there was a key: the next one signs it.
      rmSync(join(state, 'keys'), { recursive: true });
      const second = start();
      const damaged = (await second.go({ state }))!;
      expect(await post(damaged, ids(1_000, 100))).toMatchObject({ status: 503, code: 'E_DATABASE_CORRUPT' });
      await second.said(
        /E_DATABASE_CORRUPT: queue: .*queue\.sqlite cannot be used, got 'database disk image is malformed'/,
      );
      await second.end('SIGKILL');

      for (const rest of ['-wal', '-shm']) rmSync(`${queue}${rest}`, { force: true });
      copyFileSync(`${queue}.backup`, queue);
      const third = start();
      const restored = (await third.go({ state }))!;
      await expectAll(third, { url: restored, state }, ids(0, 1_000));
    },
  );
});
