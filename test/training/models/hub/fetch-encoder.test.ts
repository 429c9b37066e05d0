import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { writeSafetensors } from '../../../../shared/model/safetensors.ts';
import type { ErrorCode } from '../../../../shared/ner-error.ts';
import {
  fetchEncoder,
  type FetchedEncoder,
  type FetchEncoderOptions,
} from '../../../../training/models/hub/fetch-encoder.ts';
import { readEncoderFolder } from '../../../../training/models/pretrained-encoder.ts';
import {
  deadAddress,
  gitHash,
  listen,
  sha256,
  startHub,
  type HubModel,
  type HubServer,
} from '../../../support/hub-server.ts';
import { childResult, startChild } from '../../../support/run-child.ts';
import { tempFolder } from '../../../support/temp-folder.ts';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const goldenFile = (name: string): Uint8Array =>
  readFileSync(new URL(`../../../golden/encoders/bert/${name}`, import.meta.url));

const id = 'org/tiny';
const commit = 'a'.repeat(40);
const pieces = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]', 'walk', '##ing', 'the'];
const weights = goldenFile('model.safetensors');
const files: ReadonlyMap<string, Uint8Array> = new Map([
  ['.gitattributes', bytesOf('')],
  ['config.json', goldenFile('config.json')],
  ['model.safetensors', weights],
  ['pytorch_model.bin', bytesOf('not wanted')],
  ['tokenizer_config.json', bytesOf('{"model_max_length":16}')],
  ['vocab.txt', bytesOf(pieces.join('\n'))],
]);
const wanted = ['config.json', 'model.safetensors', 'tokenizer_config.json', 'vocab.txt'];
const model: HubModel = { commit, revisions: ['main', 'v1'], files };

type Options = Partial<FetchEncoderOptions> & { readonly cacheDir: string };

const fetchFrom = (hub: HubServer, options: Options): Promise<FetchedEncoder> =>
  fetchEncoder({ endpoint: hub.endpoint, id, token: undefined, offline: false, retryMs: 0, ...options });

const asked = (hub: HubServer, end: string): number => hub.seen.filter(({ path }) => path.endsWith(end)).length;

async function rejects(fetching: Promise<unknown>, code: ErrorCode, part: string): Promise<void> {
  await expect(fetching).rejects.toThrow(part);
  await expect(fetching).rejects.toMatchObject({ code });
}

/** The hash of what the hub has under that name, which names the blob. */
const blobOf = (cacheDir: string, hash: string): string => join(cacheDir, 'models--org--tiny', 'blobs', hash);
const partialOf = (cacheDir: string): string => `${blobOf(cacheDir, sha256(weights))}.incomplete`;

describe('fetchEncoder', () => {
  test('downloads what fine-tuning needs, and nothing else', async () => {
    const hub = await startHub({ [id]: model });
    const cacheDir = tempFolder();
    const { folder, commit: found, isStale } = await fetchFrom(hub, { cacheDir });
    expect([found, isStale]).toEqual([commit, false]);
    expect(readdirSync(folder).sort()).toEqual(wanted);
    for (const name of wanted)
      expect(new Uint8Array(readFileSync(join(folder, name)))).toEqual(new Uint8Array(files.get(name)!));
    const { maxPieces, readWeights } = await readEncoderFolder(folder);
    expect(maxPieces).toBe(16);
    expect(readWeights().tensors.size).toBeGreaterThan(0);
    expect(hub.seen.at(-1)!.server).toBe('cdn');
  });

  test('lays the cache out as huggingface_hub of Python does', async () => {
    const hub = await startHub({ [id]: model });
    const cacheDir = tempFolder();
    const { folder } = await fetchFrom(hub, { cacheDir });
    const root = join(cacheDir, 'models--org--tiny');
    expect(folder).toBe(join(root, 'snapshots', commit));
    expect(readFileSync(join(root, 'refs', 'main'), 'utf8')).toBe(commit);
    expect(readdirSync(join(root, 'blobs')).sort()).toEqual(
      [
        sha256(weights),
        ...wanted.filter((name) => name !== 'model.safetensors').map((name) => gitHash(files.get(name)!)),
      ].sort(),
    );
  });

  test('downloads nothing twice, and does not even ask about a commit that is there', async () => {
    const hub = await startHub({ [id]: model });
    const cacheDir = tempFolder();
    const first = await fetchFrom(hub, { cacheDir });
    hub.seen.length = 0;
    expect(await fetchFrom(hub, { cacheDir, revision: 'v1' })).toEqual(first);
    expect(hub.seen.map(({ path }) => path.split('/')[5])).toEqual(['revision', 'tree']);
    hub.seen.length = 0;
    expect(await fetchFrom(hub, { cacheDir, revision: commit })).toEqual(first);
    expect(hub.seen).toEqual([]);
  });

  test('downloads what changed only, when the branch has moved on', async () => {
    const models = { [id]: model };
    const hub = await startHub(models);
    const cacheDir = tempFolder();
    await fetchFrom(hub, { cacheDir });
    const moved = 'b'.repeat(40);
    models[id] = {
      ...model,
      commit: moved,
      files: new Map(files).set('vocab.txt', bytesOf([...pieces, 'new'].join('\n'))),
    };
    hub.seen.length = 0;
    const { folder } = await fetchFrom(hub, { cacheDir });
    expect(folder.endsWith(moved)).toBe(true);
    expect((await readEncoderFolder(folder)).tokenizer.vocabSize).toBe(9);
    expect([asked(hub, 'vocab.txt'), asked(hub, 'model.safetensors')]).toEqual([1, 0]);
  });

  test('downloads weights in several files', async () => {
    const shard = (name: string): Uint8Array =>
      writeSafetensors({ [name]: { dtype: 'F32', shape: [1], data: Float32Array.of(1) } });
    const sharded = new Map(files);
    sharded.delete('model.safetensors');
    sharded.set('model-1.safetensors', shard('a')).set('model-2.safetensors', shard('b'));
    const map = { a: 'model-1.safetensors', b: 'model-2.safetensors' };
    sharded.set('model.safetensors.index.json', bytesOf(JSON.stringify({ weight_map: map })));
    const hub = await startHub({ [id]: { ...model, files: sharded } });
    const { folder } = await fetchFrom(hub, { cacheDir: tempFolder() });
    expect([...(await readEncoderFolder(folder)).readWeights().tensors.keys()]).toEqual(['a', 'b']);
  });

  test('sends the token to the hub, and never to where the hub redirects', async () => {
    const hub = await startHub({ [id]: { ...model, token: 'other_hub_token' } });
    await fetchFrom(hub, { cacheDir: tempFolder(), token: 'other_hub_token' });
    const tokens = (server: string): Set<string | undefined> =>
      new Set(hub.seen.filter((each) => each.server === server).map((each) => each.authorization));
    expect(tokens('hub')).toEqual(new Set(['Bearer other_hub_token']));
    expect(tokens('cdn')).toEqual(new Set([undefined]));
  });

  test('says how far each file is', async () => {
    const hub = await startHub({ [id]: model });
    const seen = new Map<string, [number, number]>();
    await fetchFrom(hub, {
      cacheDir: tempFolder(),
      onProgress: ({ file, fileDone, fileTotal }) => seen.set(file, [fileDone, fileTotal]),
    });
    expect([...seen.keys()].sort()).toEqual(wanted);
    expect(seen.get('model.safetensors')).toEqual([weights.length, weights.length]);
  });
});

describe('a download that is cut off', () => {
  test('goes on from where it was, in the same call', async () => {
    const hub = await startHub({ [id]: model });
    hub.troubles.set('model.safetensors', { drop: { afterBytes: 10_000, times: 3 } });
    const { folder } = await fetchFrom(hub, { cacheDir: tempFolder(), attempts: 2 });
    const ranges = hub.seen.filter(({ server }) => server === 'cdn').map(({ range }) => range);
    expect(ranges).toEqual([undefined, 'bytes=10000-', 'bytes=20000-', 'bytes=30000-']);
    expect(sha256(readFileSync(join(folder, 'model.safetensors')))).toBe(sha256(weights));
  });

  test('keeps what came for the next call', async () => {
    const hub = await startHub({ [id]: model });
    const cacheDir = tempFolder();
    hub.troubles.set('model.safetensors', { drop: { afterBytes: 10_000, times: 1 } });
    await rejects(fetchFrom(hub, { cacheDir, attempts: 1 }), 'E_HUB_UNREACHABLE', 'what was downloaded is kept');
    expect(statSync(partialOf(cacheDir)).size).toBe(10_000);
    await fetchFrom(hub, { cacheDir });
    expect(hub.seen.at(-1)!.range).toBe('bytes=10000-');
    expect(existsSync(partialOf(cacheDir))).toBe(false);
  });

  test('begins again where the server knows no ranges', async () => {
    const hub = await startHub({ [id]: model });
    hub.troubles.set('model.safetensors', { drop: { afterBytes: 10_000, times: 1 }, noRanges: true });
    const { folder } = await fetchFrom(hub, { cacheDir: tempFolder() });
    expect(sha256(readFileSync(join(folder, 'model.safetensors')))).toBe(sha256(weights));
  });

  test('begins again where more was kept than the file has', async () => {
    const hub = await startHub({ [id]: model });
    const cacheDir = tempFolder();
    mkdirSync(join(cacheDir, 'models--org--tiny', 'blobs'), { recursive: true });
    writeFileSync(partialOf(cacheDir), new Uint8Array(weights.length + 1));
    await fetchFrom(hub, { cacheDir });
    expect(hub.seen.at(-1)!.range).toBeUndefined();
  });

  test('is stopped by its signal, and keeps what came', async () => {
    const hub = await startHub({ [id]: model });
    const cacheDir = tempFolder();
    hub.troubles.set('model.safetensors', { hang: true });
    const controller = new AbortController();
    const fetching = fetchFrom(hub, {
      cacheDir,
      signal: controller.signal,
      onProgress: ({ file }) => {
        if (file === 'model.safetensors') controller.abort(new Error('SIGINT'));
      },
    });
    await expect(fetching).rejects.toThrow('SIGINT');
    expect(statSync(partialOf(cacheDir)).size).toBe(10);
  });

  test('waits for a slow server, as long as something comes', async () => {
    const hub = await startHub({ [id]: model });
    hub.troubles.set('model.safetensors', { dribble: 800 });
    // Some 58 pauses of 10 ms are longer than it may say nothing.
    const { folder } = await fetchFrom(hub, { cacheDir: tempFolder(), stallMs: 500, attempts: 1 });
    expect(statSync(join(folder, 'model.safetensors')).size).toBe(weights.length);
  });

  test('fails when a server says nothing any more', async () => {
    const hub = await startHub({ [id]: model });
    hub.troubles.set('model.safetensors', { hang: true });
    const fetching = fetchFrom(hub, { cacheDir: tempFolder(), stallMs: 1_000, attempts: 1 });
    await rejects(fetching, 'E_HUB_UNREACHABLE', 'nothing came for 1000 ms');
  });

  test('fails when other bytes come than were announced, and throws them away', async () => {
    const hub = await startHub({ [id]: model });
    const cacheDir = tempFolder();
    hub.troubles.set('model.safetensors', { replace: new Uint8Array(weights.length) });
    await rejects(fetchFrom(hub, { cacheDir }), 'E_HUB_CORRUPT', `expected ${sha256(weights)}`);
    hub.troubles.set('model.safetensors', { replace: new Uint8Array(weights.length + 5) });
    await rejects(fetchFrom(hub, { cacheDir }), 'E_HUB_CORRUPT', 'org/tiny/model.safetensors');
    expect(existsSync(partialOf(cacheDir))).toBe(false);
    hub.troubles.clear();
    await fetchFrom(hub, { cacheDir });
  });

  test('fails when a small file is not the one announced', async () => {
    const hub = await startHub({ [id]: model });
    hub.troubles.set('vocab.txt', { replace: new Uint8Array(files.get('vocab.txt')!.length) });
    await rejects(fetchFrom(hub, { cacheDir: tempFolder() }), 'E_HUB_CORRUPT', 'org/tiny/vocab.txt');
  });

  test.skipIf(!existsSync('/dev/full'))('fails when the disk is full, and says so', async () => {
    const hub = await startHub({ [id]: model });
    const cacheDir = tempFolder();
    mkdirSync(join(cacheDir, 'models--org--tiny', 'blobs'), { recursive: true });
    symlinkSync('/dev/full', partialOf(cacheDir));
    await rejects(fetchFrom(hub, { cacheDir }), 'E_FILE_UNWRITABLE', 'got a full disk; expected room for the model');
  });
});

describe('several processes at once', () => {
  const child = new URL('../../../support/fetch-encoder-child.ts', import.meta.url);

  test('download a model once, and all have it', async () => {
    const hub = await startHub({ [id]: model });
    const cacheDir = tempFolder();
    hub.troubles.set('model.safetensors', { dribble: 5_000 });
    const children = [1, 2].map(() => childResult(startChild(child, [hub.endpoint, cacheDir, id])));
    const [ours, ...theirs] = await Promise.all([fetchFrom(hub, { cacheDir }), ...children]);
    for (const { stdout, code } of theirs) expect([stdout, code]).toEqual([ours.folder, 0]);
    expect(hub.seen.filter(({ server }) => server === 'cdn')).toHaveLength(1);
  });

  test('go on from what one left that was killed', async () => {
    const hub = await startHub({ [id]: model });
    const cacheDir = tempFolder();
    hub.troubles.set('model.safetensors', { hang: true });
    const killed = startChild(child, [hub.endpoint, cacheDir, id]);
    for await (const line of killed.stderr!) if (String(line).includes('model.safetensors 10')) break;
    killed.kill('SIGKILL');
    await once(killed, 'exit');
    hub.troubles.clear();
    await fetchFrom(hub, { cacheDir });
    expect(hub.seen.at(-1)!.range).toBe('bytes=10-');
  });
});

describe('without the hub', () => {
  test('takes what the cache has, and says that it may be old', async () => {
    const hub = await startHub({ [id]: model });
    const cacheDir = tempFolder();
    const { folder } = await fetchFrom(hub, { cacheDir });
    expect(await fetchFrom(hub, { cacheDir, endpoint: await deadAddress() })).toEqual({
      folder,
      commit,
      isStale: true,
    });
    hub.seen.length = 0;
    expect(await fetchFrom(hub, { cacheDir, offline: true })).toEqual({ folder, commit, isStale: true });
    expect(hub.seen).toEqual([]);
  });

  test('fails when the cache has it not, or not all of it, and says that a folder will do', async () => {
    const hub = await startHub({ [id]: model });
    const cacheDir = tempFolder();
    const nowhere = await deadAddress();
    const lost = fetchFrom(hub, { cacheDir, endpoint: nowhere });
    await rejects(
      lost,
      'E_HUB_UNREACHABLE',
      `the hub cannot be reached at ${nowhere}, got fetch failed (connect ECONNREFUSED`,
    );
    await rejects(lost, 'E_HUB_UNREACHABLE', 'or give a folder with the model');
    await rejects(fetchFrom(hub, { cacheDir, offline: true }), 'E_HUB_UNREACHABLE', 'HF_HUB_OFFLINE');
    hub.troubles.set('model.safetensors', { drop: { afterBytes: 10, times: 1 } });
    await rejects(fetchFrom(hub, { cacheDir, attempts: 1 }), 'E_HUB_UNREACHABLE', 'got terminated');
    await rejects(fetchFrom(hub, { cacheDir, revision: commit, offline: true }), 'E_HUB_UNREACHABLE', 'HF_HUB_OFFLINE');
  });
});

describe('a hub that says no', () => {
  test.each<[string, ErrorCode, Options, string]>([
    ['the id is unknown', 'E_HUB_UNKNOWN', { cacheDir: '', id: 'org/other' }, 'org/other: there is no such model on'],
    ['the revision is unknown', 'E_HUB_REVISION', { cacheDir: '', revision: 'v2' }, "got 'v2'"],
    ['the revision cannot be one', 'E_HUB_REVISION', { cacheDir: '', revision: '../x' }, "got '../x'"],
    ['the model is gated', 'E_HUB_DENIED', { cacheDir: '', id: 'org/gated' }, 'got no token; expected one that may'],
    [
      'the token may not read it',
      'E_HUB_DENIED',
      { cacheDir: '', id: 'org/gated', token: 'wrong' },
      'set HF_TOKEN to a token of yours',
    ],
  ])('fails when %s', async (_, code, options, part) => {
    const hub = await startHub({ [id]: model, 'org/gated': { ...model, token: 'right' } });
    await rejects(fetchFrom(hub, { ...options, cacheDir: tempFolder() }), code, part);
  });

  test('fails when it answers with an error, with something else, or not at all', async () => {
    const cacheDir = tempFolder();
    const from = (endpoint: string, stallMs?: number): Promise<FetchedEncoder> =>
      fetchEncoder({
        endpoint,
        id,
        token: undefined,
        offline: false,
        cacheDir,
        ...(stallMs === undefined ? {} : { stallMs }),
      });
    const broken = await listen((_, response) => response.writeHead(500).end());
    await rejects(from(broken), 'E_HUB_UNREACHABLE', 'HTTP status 500');
    const portal = await listen((_, response) => response.end('<html>Please log in</html>'));
    await rejects(from(portal), 'E_HUB_UNREACHABLE', 'is not valid JSON');
    const sly = await listen(({ url }, response) => {
      const tree = [{ type: 'file', path: 'config.json', size: 1, oid: '../../../elsewhere' }];
      response.end(JSON.stringify(url!.includes('/tree/') ? tree : { sha: commit, lastModified: 0 }));
    });
    await rejects(from(sly), 'E_HUB_UNREACHABLE', "no hash of config.json but '../../../elsewhere'");
    const silent = await listen(() => undefined);
    await rejects(from(silent, 100), 'E_HUB_UNREACHABLE', 'no answer within 100 ms');
  });
});

describe('a model that is no encoder of ours is refused before its weights are downloaded', () => {
  const without = (...names: string[]): ReadonlyMap<string, Uint8Array> =>
    new Map([...files].filter(([name]) => !names.includes(name)));

  test.each<[string, ReadonlyMap<string, Uint8Array>, ErrorCode, string]>([
    ['no config.json', without('config.json'), 'E_ENCODER_MISSING', 'there is no config.json on the hub'],
    ['no tokeniser', without('vocab.txt'), 'E_TOKENIZER_MISSING', 'got tokenizer_config.json; expected tokenizer.json'],
    ['no safetensors', without('model.safetensors'), 'E_WEIGHTS_MISSING', 'got pytorch_model.bin; expected'],
    [
      'another architecture',
      new Map(files).set('config.json', bytesOf('{"model_type":"gpt2"}')),
      'E_ENCODER_UNSUPPORTED',
      'org/tiny/config.json: the model_type is not one of ours',
    ],
  ])('fails for %s', async (_, changed, code, part) => {
    const hub = await startHub({ [id]: { ...model, files: changed } });
    await rejects(fetchFrom(hub, { cacheDir: tempFolder() }), code, part);
    expect(asked(hub, 'model.safetensors')).toBe(0);
  });
});
