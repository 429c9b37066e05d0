import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { ConsoleFiles } from '../api/deps.ts';

const indexSchema = z.record(
  z.string(),
  z.strictObject({ file: z.string(), contentType: z.string(), etag: z.string() }),
);

const INDEX_FILE = 'index.json';

/** Writes the pages as they are sent, for a host that cannot bundle them. */
export async function writeConsole(files: ConsoleFiles, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const index: z.infer<typeof indexSchema> = {};
  for (const [path, asset] of files) {
    const { body, contentType, etag } = await asset();
    const file = path === '/' ? 'live.html' : path.slice(1);
    await writeFile(join(folder, file), body);
    index[path] = { file, contentType, etag };
  }
  await writeFile(join(folder, INDEX_FILE), JSON.stringify(index));
}

/** The pages that `writeConsole` wrote, each read when it is first asked for. */
export async function readConsole(folder: string): Promise<ConsoleFiles> {
  const index = indexSchema.parse(JSON.parse(await readFile(join(folder, INDEX_FILE), 'utf8')));
  const pages = Object.entries(index).map(([path, { file, contentType, etag }]) => {
    const asset = async () => ({ body: await readFile(join(folder, file), 'utf8'), contentType, etag });
    return [path, asset] as const;
  });
  return new Map(pages);
}
