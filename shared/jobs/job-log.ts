import { appendFile, rename, stat } from 'node:fs/promises';

/** A job's output as a file of bounded size: when it is full it becomes `<file>.1`, in place of the one before. */
export interface JobLog {
  /** Queued: nobody waits for the disk. */
  add(line: string): void;
  /** Resolves when all of it is written. @throws what the file system said of the first line that was not */
  flush(): Promise<void>;
}

export function createJobLog(file: string, maxBytes: number): JobLog {
  let sizeBytes: number | undefined;
  let written: Promise<void> = Promise.resolve();
  const write = async (line: string): Promise<void> => {
    const bytes = Buffer.from(`${line}\n`).subarray(0, maxBytes);
    sizeBytes ??= await sizeOf(file);
    if (sizeBytes > 0 && sizeBytes + bytes.length > maxBytes) {
      await rename(file, `${file}.1`);
      sizeBytes = 0;
    }
    await appendFile(file, bytes);
    sizeBytes += bytes.length;
  };
  return {
    add(line) {
      written = written.then(() => write(line));
      // It is told by `flush`.
      written.catch(() => undefined);
    },
    flush: () => written,
  };
}

async function sizeOf(file: string): Promise<number> {
  try {
    return (await stat(file)).size;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return 0;
    throw error;
  }
}
