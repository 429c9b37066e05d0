import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { createSession } from '../../shared/ort/session.ts';
import type { Tensor } from '../../shared/ort/tensor.ts';

/** What of onnxruntime's profile is read: times in microseconds. */
const eventsSchema = z.array(
  z.object({ cat: z.string(), name: z.string(), dur: z.number(), args: z.object({ op_name: z.string().optional() }) }),
);

/**
 * Microseconds that the operators of each name take in runs with these feeds, as onnxruntime tells. A first pass over the feeds
 * does not count; that each operator is timed makes all of them a little slower.
 */
export async function operatorTimes(
  graph: Uint8Array,
  feeds: readonly Readonly<Record<string, Tensor>>[],
): Promise<ReadonlyMap<string, number>> {
  const warm = await profile(graph, feeds);
  const both = await profile(graph, [...feeds, ...feeds]);
  return new Map([...both].map(([name, us]) => [name, Math.max(0, us - (warm.get(name) ?? 0))]));
}

async function profile(
  graph: Uint8Array,
  feeds: readonly Readonly<Record<string, Tensor>>[],
): Promise<ReadonlyMap<string, number>> {
  const folder = await mkdtemp(join(tmpdir(), 'tagwright-profile-'));
  try {
    const session = await createSession(graph, { profilePrefix: join(folder, 'profile') });
    for (const feed of feeds) await session.run(feed);
    await session.release();
    const [file] = await readdir(folder);
    const events = eventsSchema.parse(JSON.parse(await readFile(join(folder, file!), 'utf8')));
    const sums = new Map<string, number>();
    for (const { cat, name, dur, args } of events) {
      const operator = args.op_name;
      if (cat !== 'Node' || operator === undefined || !name.endsWith('kernel_time')) continue;
      sums.set(operator, (sums.get(operator) ?? 0) + dur);
    }
    return sums;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
