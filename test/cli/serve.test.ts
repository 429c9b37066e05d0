import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { HostStatus } from '../../shared/contracts/api.ts';
import { openLocalRegistry } from '../../shared/registry/local-registry.ts';
import { FolderObjectStore } from '../../shared/store/folder-object-store.ts';
import { cli } from '../support/cli.ts';
import { endServed, serve } from '../support/serve-process.ts';
import { awaitEvent } from '../support/stream-events.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { trainedBundle } from '../support/trained-bundle.ts';

const bundle = trainedBundle(6);

async function json(url: string, init?: RequestInit): Promise<unknown> {
  return (await fetch(url, init)).json();
}

describe('serve', () => {
  test('publishes a bundle, answers as `tag` does, and has it still when it is started again', async () => {
    const state = tempFolder();
    const first = await serve(['--state', state, '--model', bundle()]);
    expect((await fetch(`${first.url}/readyz`)).status).toBe(200);
    const texts = ['watching The Office 🎉', 'flight to Lisbon tomorrow'];
    const answer = await json(`${first.url}/v1/predict`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ texts }),
    });
    await endServed(first);
    const { stdout } = await cli(['tag', '--model', bundle()], { input: texts.join('\n') });
    const tagged = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { model: string; entities: object[] });
    expect(answer).toEqual({ model: tagged[0]!.model, results: tagged.map(({ entities }) => ({ entities })) });

    const current = { models: [{ id: tagged[0]!.model, current: true }] };
    const second = await serve(['--state', state]);
    expect(await json(`${second.url}/v1/models`)).toMatchObject(current);
    await endServed(second);
    expect(JSON.parse((await cli(['models', '--state', state, '--json'])).stdout)).toMatchObject(current);
  }, 60_000);

  test('says that there is no model yet, and takes up one that another process promotes', async () => {
    const state = tempFolder();
    const served = await serve(['--state', state]);
    expect((await fetch(`${served.url}/readyz`)).status).toBe(503);
    const clock = (): Date => new Date();
    const store = new FolderObjectStore({ root: join(state, 'store'), clock });
    const { id } = await (await openLocalRegistry({ stateDir: state, store, clock })).publish(bundle());
    store.close();
    expect(await cli(['models', 'promote', id, '--state', state])).toMatchObject({ code: 0 });
    expect(await awaitEvent<HostStatus>(served.url, 'status', ({ ready }) => ready)).toMatchObject({ modelId: id });
    const { stderr } = await endServed(served);
    expect(stderr).toContain('there is no model yet');
    expect(stderr).toContain(`model ${id} serves`);
  }, 60_000);

  test('fails with E_PORT_IN_USE when the port that was asked for is taken', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    const { code, stdout, stderr } = await cli(['serve', '--port', String(port), '--state', tempFolder()]);
    taken.close();
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^tagwright: E_PORT_IN_USE: /m);
  });

  test.each([
    ['E_BUNDLE_MISSING when there is no bundle', ['--model', 'none', '--state', 'state'], 'E_BUNDLE_MISSING'],
    ['E_FILE_UNWRITABLE when the state folder cannot be made', ['--state', 'file/state'], 'E_FILE_UNWRITABLE'],
  ])('fails with %s, and ends', async (_, args, error) => {
    const cwd = tempFolder();
    writeFileSync(join(cwd, 'file'), '');
    const { code, stderr } = await cli(['serve', '--port', '0', ...args], { cwd });
    expect(code).toBe(1);
    expect(stderr).toMatch(new RegExp(`^tagwright: ${error}: `, 'm'));
  });
});
