import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Manifest } from '../../../shared/contracts/manifest.ts';
import { openBundle } from '../../../shared/model/bundle.ts';
import { manifestBytes, manifestId } from '../../../shared/model/manifest-id.ts';
import { writeBundle } from '../../../shared/model/write-bundle.ts';
import type { ManifestDraft } from '../../../shared/model/write-bundle.ts';
import { TINY_LABELS, tinyContent } from '../../support/tiny-bundle.ts';

let root: string;
let dir: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'bundle-'));
  dir = join(root, 'model');
});

afterEach(() => {
  rmSync(root, { recursive: true });
});

const FILES = ['config.json', 'features.json', 'manifest.json', 'model.safetensors', 'onnx/model.onnx'];

function manifestOf(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as Manifest;
}

/** Writes a manifest with changes as a forger would: with the id that fits. */
function forge(changes: Record<string, unknown>): void {
  const forged = { ...manifestOf(dir), ...changes } as Manifest;
  writeFileSync(join(dir, 'manifest.json'), manifestBytes({ ...forged, id: manifestId(forged) }));
}

describe('writeBundle', () => {
  test('writes what openBundle reads back', async () => {
    const content = tinyContent();
    const manifest = await writeBundle(dir, content);
    const bundle = await openBundle(dir);
    expect(bundle.manifest).toEqual(manifest);
    expect(Object.fromEntries([...bundle.files].map(([path, bytes]) => [path, Buffer.from(bytes)]))).toEqual(
      Object.fromEntries(Object.entries(content.files).map(([path, bytes]) => [path, Buffer.from(bytes)])),
    );
    expect(manifest.files.map((file) => file.path)).toEqual(FILES.filter((path) => path !== 'manifest.json'));
  });

  test('gives the same content the same id, and other content another', async () => {
    const { id } = await writeBundle(dir, tinyContent());
    expect(id).toMatch(/^[0-9a-f]{16}$/);
    const { files, manifest } = tinyContent();
    const reversed = {
      files: Object.fromEntries(Object.entries(files).reverse()),
      manifest: Object.fromEntries(Object.entries(manifest).reverse()) as unknown as ManifestDraft,
    };
    expect((await writeBundle(join(root, 'same'), reversed)).id).toBe(id);
    expect((await writeBundle(join(root, 'other'), tinyContent({ seed: 8 }))).id).not.toBe(id);
  });

  test('replaces a bundle and leaves nothing else behind', async () => {
    await writeBundle(dir, tinyContent());
    const { id } = await writeBundle(dir, tinyContent({ seed: 8 }));
    expect((await openBundle(dir)).manifest.id).toBe(id);
    expect(readdirSync(root)).toEqual(['model']);
  });

  test('fails to replace a folder that holds something else', async () => {
    mkdirSync(dir);
    writeFileSync(join(dir, 'thesis.txt'), 'years of work');
    await expect(writeBundle(dir, tinyContent())).rejects.toMatchObject({ code: 'E_FILE_UNWRITABLE' });
    expect(readdirSync(root, { recursive: true })).toEqual(['model', 'model/thesis.txt']);
  });

  test('fails where no folder can be made', async () => {
    writeFileSync(join(root, 'file'), '');
    await expect(writeBundle(join(root, 'file', 'model'), tinyContent())).rejects.toMatchObject({
      code: 'E_FILE_UNWRITABLE',
    });
  });

  const crf = { kind: 'crf' as const, start: [0, 0, 0, 0, 0], end: [0, 0, 0, 0, 0] };
  test.each<[string, Partial<ManifestDraft>, string]>([
    [
      'the graph is not among the files',
      { graph: { file: 'model.onnx', precision: 'fp32' } },
      'the file is among files',
    ],
    [
      'a path leaves the folder',
      { features: { kind: 'word-features', file: '../features.json', maxWords: 8 } },
      'features.file',
    ],
    [
      'a file of the tokeniser is not among the files',
      { features: { kind: 'pieces', tokenizer: ['tokenizer.json'], maxPieces: 8 } },
      'features.tokenizer',
    ],
    ['the first label is not O', { labels: [...TINY_LABELS].reverse() }, 'the first label is O'],
    ['a label stands twice', { labels: ['O', 'B-x', 'B-x'] }, 'each label stands once'],
    ['the head is of another size', { head: { ...crf, transitions: [[0]] } }, 'one score for each pair of labels'],
    [
      'a golden entity lies outside of its text',
      { golden: [{ text: 'a', entities: [{ type: 'x', start: 0, end: 2 }] }] },
      'each entity lies in the text',
    ],
    ['a score is not finite', { temperature: Number.NaN }, 'is not JSON, got NaN'],
  ])('fails when %s', async (_, manifest, message) => {
    await expect(writeBundle(dir, tinyContent(manifest))).rejects.toMatchObject({
      code: 'E_INTERNAL',
      message: expect.stringContaining(message) as string,
    });
    expect(readdirSync(root)).toEqual([]);
  });

  test.each(['../evil', '/etc/evil', 'a/../../evil', 'a//b', './a', '.hidden', 'a\\b', 'manifest.json', 'CONFIG.json'])(
    'fails for a file of the path %s',
    async (path) => {
      const { files, manifest } = tinyContent();
      const content = { files: { ...files, [path]: new Uint8Array(1) }, manifest };
      await expect(writeBundle(dir, content)).rejects.toMatchObject({ code: 'E_INTERNAL' });
    },
  );
});

describe('openBundle', () => {
  const refused = async (code: string, ...parts: string[]): Promise<void> => {
    const error = await openBundle(dir).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ name: 'NerError', code });
    for (const part of parts) expect((error as Error).message).toContain(part);
  };

  test.each(FILES)('fails when any one byte of %s is changed', async (path) => {
    await writeBundle(dir, tinyContent());
    const original = readFileSync(join(dir, path));
    await fc.assert(
      fc.asyncProperty(fc.nat(original.length - 1), fc.integer({ min: 1, max: 255 }), async (at, flip) => {
        const changed = Buffer.from(original);
        changed[at]! ^= flip;
        writeFileSync(join(dir, path), changed);
        const error = await openBundle(dir).catch((reason: unknown) => reason);
        // Damage of the manifest may also strike what tells our format.
        expect(error).toMatchObject({ code: expect.stringMatching(/^E_BUNDLE_(TAMPERED|FOREIGN)$/) as string });
        expect((error as Error).message).toContain(path === 'manifest.json' ? dir : `${path} was changed, got SHA-256`);
      }),
      { numRuns: 60 },
    );
  });

  test.each(FILES)('fails when %s is truncated', async (path) => {
    await writeBundle(dir, tinyContent());
    const original = readFileSync(join(dir, path));
    writeFileSync(join(dir, path), original.subarray(0, original.length - 1));
    await refused(
      'E_BUNDLE_TAMPERED',
      path,
      path === 'manifest.json' ? 'was' : `is truncated, got ${original.length - 1} bytes; expected ${original.length}`,
    );
    writeFileSync(join(dir, path), '');
    await refused(
      'E_BUNDLE_TAMPERED',
      path,
      path === 'manifest.json' ? 'perhaps it is truncated' : 'is truncated, got 0 bytes',
    );
  });

  test.each(FILES)('fails when %s is longer', async (path) => {
    await writeBundle(dir, tinyContent());
    appendFileSync(join(dir, path), '\n');
    await refused('E_BUNDLE_TAMPERED', path, path === 'manifest.json' ? 'was rewritten' : 'is too long');
  });

  test.each(FILES)('fails when %s is missing', async (path) => {
    await writeBundle(dir, tinyContent());
    rmSync(join(dir, path));
    await (path === 'manifest.json'
      ? refused('E_BUNDLE_MISSING', dir)
      : refused('E_BUNDLE_TAMPERED', `${path} is missing`));
  });

  test('fails when a folder stands in the place of a file', async () => {
    await writeBundle(dir, tinyContent());
    rmSync(join(dir, 'config.json'));
    mkdirSync(join(dir, 'config.json'));
    await refused('E_BUNDLE_TAMPERED', 'config.json is missing');
  });

  test('fails when there is a file that the manifest does not list', async () => {
    await writeBundle(dir, tinyContent());
    writeFileSync(join(dir, 'onnx', 'model.onnx.data'), 'weights from elsewhere');
    await refused('E_BUNDLE_TAMPERED', 'onnx/model.onnx.data is not listed in manifest.json');
    rmSync(join(dir, 'onnx', 'model.onnx.data'));
    symlinkSync('/', join(dir, 'everything'));
    await refused('E_BUNDLE_TAMPERED', 'everything is not listed in manifest.json');
  });

  test('fails when there is no bundle', async () => {
    await refused('E_BUNDLE_MISSING', 'there is no model in', 'manifest.json is missing');
    mkdirSync(dir);
    await refused('E_BUNDLE_MISSING', dir);
  });

  test('fails when the path cannot be read', async () => {
    writeFileSync(dir, 'a file');
    await refused('E_BUNDLE_MISSING', dir);
    const unreadable = await openBundle('\0').catch((reason: unknown) => reason);
    expect(unreadable).toMatchObject({ code: 'E_FILE_UNREADABLE' });
  });

  test('fails when the bundle has another id than expected', async () => {
    const { id } = await writeBundle(dir, tinyContent());
    await openBundle(dir, { expectedId: id });
    await expect(openBundle(dir, { expectedId: 'f'.repeat(16) })).rejects.toMatchObject({
      code: 'E_BUNDLE_TAMPERED',
      message: expect.stringContaining(`is of another model, got ${id}; expected ffffffffffffffff`) as string,
    });
  });

  test('fails when a manifest was forged without its id', async () => {
    await writeBundle(dir, tinyContent());
    const manifest = { ...manifestOf(dir), seed: 8 };
    writeFileSync(join(dir, 'manifest.json'), manifestBytes(manifest));
    await refused(
      'E_BUNDLE_TAMPERED',
      `was changed, got contents of the id ${manifestId(manifest)}; expected ${manifest.id}`,
    );
  });

  test.each<[string, Record<string, unknown>, string]>([
    ['another program', { format: 'spacy' }, 'is of another program'],
    ['a newer format', { formatVersion: 2 }, 'its format version is newer, got 2; expected 1'],
    ['a head it does not know', { head: { kind: 'biaffine' } }, 'it has parts that this version does not know'],
    ['features it does not know', { features: { kind: 'word-piece', file: 'features.json' } }, 'features.kind'],
    ['a scheme it does not know', { scheme: 'BIOES' }, 'scheme'],
    ['fields it does not know', { plugins: ['evil.js'] }, 'plugins'],
    [
      'a path that leaves the folder',
      { files: [{ path: '../x', sizeBytes: 1, sha256: '0'.repeat(64) }] },
      'files[0].path',
    ],
  ])('fails when the bundle is of %s', async (_, changes, message) => {
    await writeBundle(dir, tinyContent());
    forge(changes);
    await refused('E_BUNDLE_FOREIGN', message);
  });

  test('fails when manifest.json is some other JSON', async () => {
    mkdirSync(dir);
    for (const text of ['[]', 'null', '{"name":"left-pad"}']) {
      writeFileSync(join(dir, 'manifest.json'), text);
      await refused('E_BUNDLE_FOREIGN', 'is of another program');
    }
  });
});
