import { z } from 'zod';
import type { ObjectStore } from '../../shared/store/object-store.ts';

const cursorSchema = z.object({ v: z.literal(1), cursor: z.string(), savedAt: z.iso.datetime() });

/** The key under which a stream's cursor is kept. */
export function streamCursorKey(name: string): string {
  return `sources/stream-${name}.json`;
}

/** The cursor saved last. One that cannot be read counts as none. */
export async function loadStreamCursor(store: ObjectStore, name: string): Promise<string | undefined> {
  const object = await store.get(streamCursorKey(name));
  if (object === undefined) return undefined;
  try {
    return cursorSchema.safeParse(JSON.parse(Buffer.from(object.body).toString('utf8'))).data?.cursor;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Keeps the cursor, whole or not at all. */
export async function saveStreamCursor(
  store: ObjectStore,
  name: string,
  { cursor, savedAt }: { readonly cursor: string; readonly savedAt: Date },
): Promise<void> {
  const value = { v: 1, cursor, savedAt: savedAt.toISOString() } satisfies z.infer<typeof cursorSchema>;
  await store.put(streamCursorKey(name), Buffer.from(`${JSON.stringify(value)}\n`));
}
