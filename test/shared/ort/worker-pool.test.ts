import { afterEach, describe, expect, test } from 'vitest';
import type { Tensor } from '../../../shared/ort/session.ts';
import { createWorkerPool } from '../../../shared/ort/worker-pool.ts';
import type { WorkerPool, WorkerPoolOptions } from '../../../shared/ort/worker-pool.ts';
import { affineModel, modelBytes } from '../../support/tiny-graph.ts';

const model = modelBytes(affineModel());
const crashing = { model, entry: new URL('../../support/crashing-worker.ts', import.meta.url) };

const pools: WorkerPool[] = [];

async function open(options: Partial<WorkerPoolOptions> = {}): Promise<WorkerPool> {
  const pool = await createWorkerPool({ model, ...options });
  pools.push(pool);
  return pool;
}

afterEach(async () => {
  await Promise.all(pools.splice(0).map((pool) => pool.release()));
});

function row(first: number): Tensor {
  return { dtype: 'float32', dims: [1, 3], data: Float32Array.of(first, 0, 0) };
}

const flag: Tensor = { dtype: 'bool', dims: [], data: Uint8Array.of(1) };

describe('createWorkerPool', () => {
  test.each([false, true])('answers each job with its own result, started in turn: %s', async (startInTurn) => {
    const pool = await open({ workers: 2, startInTurn });
    expect([pool.inputNames, pool.outputNames]).toEqual([['x'], ['y', 'xw']]);
    const jobs = Array.from({ length: 50 }, (_, i) => pool.run({ x: row(i) }, ['y']));
    // y = x . w + b: [i, 2i] + [10, 20].
    for (const [i, { y }] of (await Promise.all(jobs)).entries()) expect([...y!.data]).toEqual([i + 10, 2 * i + 20]);
  });

  test('leaves the feeds with the caller unless told to take them', async () => {
    const x = row(1);
    await (await open()).run({ x });
    expect(x.data.length).toBe(3);
    await (await open({ transferFeeds: true })).run({ x, same: x });
    expect(x.data.length).toBe(0);
  });

  test('copies feeds that are part of a larger buffer, even when told to take them', async () => {
    const all = Float32Array.of(1, 0, 0, 5, 0, 0);
    const pool = await open({ transferFeeds: true });
    const { y } = await pool.run({ x: { dtype: 'float32', dims: [1, 3], data: all.subarray(3) } });
    expect([...y!.data]).toEqual([15, 30]);
    expect(all.length).toBe(6);
  });

  test('does not block the event loop while a graph runs', async () => {
    const rows = 400_000;
    const pool = await open();
    const x: Tensor = { dtype: 'float32', dims: [rows, 3], data: new Float32Array(rows * 3) };
    let turns = 0;
    let next: NodeJS.Immediate;
    const turn = (): void => {
      turns++;
      next = setImmediate(turn);
    };
    turn();
    await pool.run({ x }, ['y']).finally(() => {
      clearImmediate(next);
    });
    expect(turns).toBeGreaterThan(10);
  });

  test('goes on with a new thread after one was lost, and loses no other job', async () => {
    const pool = await open(crashing);
    const jobs = [pool.run({ x: row(1) }), pool.run({ x: row(1), exit: flag }), pool.run({ x: row(2) })];
    const [before, crash, after] = await Promise.allSettled(jobs);
    expect([before!.status, after!.status]).toEqual(['fulfilled', 'fulfilled']);
    expect(crash).toMatchObject({
      status: 'rejected',
      reason: { code: 'E_WORKER_LOST', message: expect.stringContaining('with exit code 7') as string },
    });
  });

  test('fails with the reason when a thread ends by an error', async () => {
    const pool = await open(crashing);
    await expect(pool.run({ x: row(1), throw: flag })).rejects.toThrow('with exit code 1: out of cheese');
    expect((await pool.run({ x: row(3) }))['y']?.dims).toEqual([1, 2]);
  });

  test('fails the waiting jobs when no thread can be started any more, and recovers when one can', async () => {
    const pool = await open(crashing);
    process.env['TEST_WORKER_DIES_AT_START'] = '1';
    try {
      const jobs = [pool.run({ x: row(1), exit: flag }), pool.run({ x: row(1) })];
      const results = await Promise.allSettled(jobs);
      expect(results.map((result) => result.status)).toEqual(['rejected', 'rejected']);
      expect(results[1]).toMatchObject({ reason: { code: 'E_WORKER_LOST' } });
    } finally {
      delete process.env['TEST_WORKER_DIES_AT_START'];
    }
    expect((await pool.run({ x: row(1) }))['y']?.dims).toEqual([1, 2]);
  });

  test('finishes the jobs it accepted when it is released, a lost thread among them', async () => {
    const pool = await open(crashing);
    const jobs = [pool.run({ x: row(1), exit: flag }), pool.run({ x: row(1) }), pool.run({ x: row(2) })];
    const settled = Promise.allSettled(jobs);
    await pool.release();
    expect((await settled).map((result) => result.status)).toEqual(['rejected', 'fulfilled', 'fulfilled']);
  });

  test('fails when too many jobs wait', async () => {
    const pool = await open({ maxWaiting: 2 });
    const accepted = [1, 2, 3].map((i) => pool.run({ x: row(i) }));
    await expect(pool.run({ x: row(4) })).rejects.toMatchObject({
      code: 'E_BUSY',
      message: expect.stringContaining('2 jobs wait already') as string,
    });
    await Promise.all(accepted);
    await pool.run({ x: row(5) });
  });

  test('fails with the error of the graph', async () => {
    const pool = await open();
    await expect(pool.run({})).rejects.toMatchObject({ name: 'NerError', code: 'E_SHAPE_MISMATCH' });
  });

  test('fails to start with a model that cannot be loaded', async () => {
    await expect(open({ model: Uint8Array.of(1, 2, 3), workers: 2 })).rejects.toMatchObject({
      code: 'E_GRAPH_INVALID',
    });
  });

  test.each([0, 1.5, -1])('fails to start with %s workers', async (workers) => {
    await expect(open({ workers })).rejects.toMatchObject({ code: 'E_USAGE' });
  });

  test('fails after the release', async () => {
    const pool = await open();
    await pool.release();
    await expect(pool.run({ x: row(1) })).rejects.toMatchObject({ code: 'E_INTERNAL' });
  });
});
