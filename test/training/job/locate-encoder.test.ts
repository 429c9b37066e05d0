import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { locateEncoder } from '../../../training/job/locate-encoder.ts';
import type { EncoderSource, JobEvent } from '../../../training/job/training-job.ts';
import { deadAddress, startHub, type HubModel } from '../../support/hub-server.ts';
import { offlineHub } from '../../support/offline-hub.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { writeTinyEncoder } from '../../support/tiny-encoder-folder.ts';

const commit = 'c'.repeat(40);

/** Where an encoder is, and what was said on the way. */
async function locate(source: EncoderSource): Promise<{ readonly folder: string; readonly said: readonly JobEvent[] }> {
  const locating = locateEncoder(source);
  const said: JobEvent[] = [];
  for (;;) {
    const next = await locating.next();
    if (next.done === true) return { folder: next.value, said };
    said.push(next.value);
  }
}

async function tinyModel(): Promise<HubModel> {
  const folder = tempFolder();
  await writeTinyEncoder(folder, 'bert');
  const names = ['config.json', 'model.safetensors', 'tokenizer.json', 'tokenizer_config.json'];
  const files = new Map(names.map((name) => [name, new Uint8Array(readFileSync(join(folder, name)))]));
  return { commit, revisions: ['main'], files };
}

test('takes a folder as it is, and says nothing', async () => {
  const folder = tempFolder();
  expect(await locate({ name: folder, hub: offlineHub })).toEqual({ folder, said: [] });
});

test('fetches an id of the hub, says of each file how much has come, and the second time fetches nothing', async () => {
  const model = await tinyModel();
  const { endpoint } = await startHub({ 'org/tiny': model });
  const source = { name: 'org/tiny', hub: { ...offlineHub, endpoint, offline: false, cacheDir: tempFolder() } };
  const { folder, said } = await locate(source);
  for (const [name, bytes] of model.files) {
    expect(new Uint8Array(readFileSync(join(folder, name)))).toEqual(bytes);
    const ofFile = said.flatMap((event) => (event.type === 'fetching' && event.file === name ? [event] : []));
    expect(ofFile.at(-1)).toMatchObject({ bytes: bytes.length, totalBytes: bytes.length });
    const counts = ofFile.map((event) => event.bytes);
    expect(counts).toEqual([...counts].sort((a, b) => a - b));
  }
  expect(await locate(source)).toEqual({ folder, said: [] });
  // The hub has gone: what was fetched is still there, and that it may be old is said.
  const gone = { ...source, hub: { ...source.hub, endpoint: await deadAddress() } };
  expect(await locate(gone)).toEqual({ folder, said: [{ type: 'stale', commit }] });
});

test('fails when the hub cannot be reached and there is nothing of an earlier day', async () => {
  const hub = { ...offlineHub, endpoint: await deadAddress(), offline: false, cacheDir: tempFolder() };
  await expect(locate({ name: 'org/tiny', hub })).rejects.toMatchObject({ code: 'E_HUB_UNREACHABLE' });
});
