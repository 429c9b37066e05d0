import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createSession } from '../../../shared/ort/session.ts';
import type { Tensor } from '../../../shared/ort/session.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { affineModel, modelBytes } from '../../support/tiny-graph.ts';

const bytes = modelBytes(affineModel());
const x: Tensor = { dtype: 'float32', dims: [2, 3], data: Float32Array.of(1, 0, 0, 0, 1, 1) };

describe('createSession', () => {
  test('runs a graph and hands back its outputs', async () => {
    const session = await createSession(bytes);
    expect(session.inputNames).toEqual(['x']);
    expect(session.outputNames).toEqual(['y', 'xw']);
    const { y } = await session.run({ x });
    // Rows of x pick row 0, and rows 1 + 2, of w; b = [10, 20] is added.
    expect(y).toEqual({ dtype: 'float32', dims: [2, 2], data: Float32Array.of(11, 22, 18, 30) });
    await session.release();
  });

  test('hands back only the outputs that are asked for', async () => {
    const session = await createSession(bytes);
    expect(Object.keys(await session.run({ x }, ['xw']))).toEqual(['xw']);
    await session.release();
  });

  test('copies feeds and models out of shared memory', async () => {
    const sharedModel = new Uint8Array(new SharedArrayBuffer(bytes.length));
    sharedModel.set(bytes);
    const data = new Float32Array(new SharedArrayBuffer(12));
    data.set([1, 0, 0]);
    const session = await createSession(sharedModel);
    const { y } = await session.run({ x: { dtype: 'float32', dims: [1, 3], data } });
    expect(y?.data).toEqual(Float32Array.of(11, 22));
    await session.release();
  });

  test('takes further configuration nested or dotted', async () => {
    const extra = { session: { use_deterministic_compute: '1' }, 'session.disable_prepacking': '1' };
    const session = await createSession(bytes, { threads: 2, optimization: 'disabled', spinning: true, extra });
    expect((await session.run({ x }))['y']?.dims).toEqual([2, 2]);
    await session.release();
  });

  test('writes how long operators took, when told where', async () => {
    const folder = tempFolder();
    const session = await createSession(bytes, { profilePrefix: join(folder, 'profile') });
    await session.run({ x });
    await session.release();
    const files = readdirSync(folder);
    expect(files).toEqual([expect.stringMatching(/^profile_.*\.json$/)]);
    expect(readFileSync(join(folder, files[0]!), 'utf8')).toContain('"op_name" : "MatMul"');
  });

  test('waits with the release for the runs under way', async () => {
    const session = await createSession(bytes);
    const run = session.run({ x });
    await session.release();
    expect((await run)['y']?.dims).toEqual([2, 2]);
    await session.release();
  });

  test('fails to load what is not a graph', async () => {
    await expect(createSession(Uint8Array.of(1, 2, 3))).rejects.toMatchObject({
      code: 'E_GRAPH_INVALID',
      message: expect.stringContaining('a model of 3 bytes') as string,
    });
    await expect(createSession('no/such/model.onnx')).rejects.toMatchObject({ code: 'E_GRAPH_INVALID' });
  });

  const data = Float32Array.of(1, 0, 0);
  test.each<[string, string, Record<string, Tensor>, string]>([
    ['an input is missing', 'E_SHAPE_MISMATCH', { z: x }, "input 'x' is missing, got [z]; expected [x]"],
    [
      'data do not fill the shape',
      'E_SHAPE_MISMATCH',
      { x: { dtype: 'float32', dims: [2, 3], data } },
      'got 3 elements; expected 6 for [2, 3]',
    ],
    [
      'data are not of the dtype',
      'E_DTYPE_MISMATCH',
      { x: { dtype: 'int64', dims: [1, 3], data } as unknown as Tensor },
      'got [object Float32Array]; expected BigInt64Array for int64',
    ],
    [
      'the graph wants another rank',
      'E_GRAPH_RUN',
      { x: { dtype: 'float32', dims: [3], data } },
      'got { x: float32[3] }',
    ],
  ])('fails when %s', async (_, code, feeds, message) => {
    const session = await createSession(bytes);
    await expect(session.run(feeds)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message) as string,
    });
    await session.release();
  });

  test('fails after the release', async () => {
    const session = await createSession(bytes);
    await session.release();
    await expect(session.run({ x })).rejects.toMatchObject({ code: 'E_INTERNAL' });
  });
});

describe('telemetry', () => {
  const sessionUrl = new URL('../../../shared/ort/session.ts', import.meta.url).href;

  /** Every file that a process leaves in its home and temporary folders, when nothing in its environment helps it. */
  async function filesLeftBy(code: string): Promise<{ files: string[]; output: string }> {
    const scratch = mkdtempSync(join(tmpdir(), 'telemetry-'));
    const script = join(scratch, 'script.mjs');
    const left = join(scratch, 'home');
    writeFileSync(script, code);
    writeFileSync(join(scratch, 'model.onnx'), bytes);
    const env = { PATH: process.env['PATH'] ?? '', HOME: left, TMPDIR: left, MODEL: join(scratch, 'model.onnx') };
    mkdirSync(left);
    const child = spawn(process.execPath, [script], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
    await once(child, 'close');
    const files = readdirSync(left, { recursive: true, encoding: 'utf8' });
    rmSync(scratch, { recursive: true });
    return { files, output };
  }

  test('is off in a process that starts without the variable and runs a graph through our session', async () => {
    const { files, output } = await filesLeftBy(`
      import { createSession } from '${sessionUrl}';
      const session = await createSession(process.env.MODEL);
      const { y } = await session.run({ x: { dtype: 'float32', dims: [1, 3], data: Float32Array.of(1, 0, 0) } });
      await session.release();
      console.log(process.env.ORT_DISABLE_TELEMETRY, String(y.data));`);
    expect(output).toBe('1 11,22\n');
    expect(files).toEqual([]);
  });

  test('is off in the threads of a worker pool', async () => {
    const { files, output } = await filesLeftBy(`
      import { readFileSync } from 'node:fs';
      import { createWorkerPool } from '${new URL('worker-pool.ts', sessionUrl).href}';
      const pool = await createWorkerPool({ model: readFileSync(process.env.MODEL) });
      const { y } = await pool.run({ x: { dtype: 'float32', dims: [1, 3], data: Float32Array.of(1, 0, 0) } });
      await pool.release();
      console.log(String(y.data));`);
    expect(output).toBe('11,22\n');
    expect(files).toEqual([]);
  });

  test('fails in a worker thread whose starter had not switched it off', async () => {
    const { files, output } = await filesLeftBy(`
      import { Worker } from 'node:worker_threads';
      new Worker("import('${sessionUrl}').then((m) => m.createSession(process.env.MODEL)).catch((e) => console.log(e.code))", { eval: true });`);
    expect(output).toBe('E_INTERNAL\n');
    expect(files).toEqual([]);
  });
});
