import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The first GPU; undefined where nvidia-smi does not answer. */
export interface Gpu {
  readonly name: string;
  readonly driver: string;
  readonly memoryMiB: number;
}

export async function describeGpu(): Promise<Gpu | undefined> {
  const fields = await query('name,driver_version,memory.total');
  if (fields === undefined) return undefined;
  const [name = '', driver = '', memory = ''] = fields;
  return { name, driver, memoryMiB: Number(memory) };
}

/** What all processes together hold of the first GPU, in MiB. */
export async function usedMemoryMiB(): Promise<number | undefined> {
  const fields = await query('memory.used');
  return fields && Number(fields[0]);
}

async function query(fields: string): Promise<readonly string[] | undefined> {
  try {
    const { stdout } = await run('nvidia-smi', [`--query-gpu=${fields}`, '--format=csv,noheader,nounits']);
    return parseRow(stdout);
  } catch {
    // Not installed, or no driver: then there is nothing to say of the GPU.
    return undefined;
  }
}

/** The fields of the first line of CSV as nvidia-smi prints it. */
export function parseRow(csv: string): readonly string[] {
  return (csv.split('\n')[0] ?? '').split(', ').map((field) => field.trim());
}

/** Calls `work` and gives the most memory that was used meanwhile, beyond what was used before. */
export async function withPeakMemory<T>(work: () => Promise<T>): Promise<{ result: T; peakMiB: number | undefined }> {
  const before = await usedMemoryMiB();
  let peak = before;
  let done = false;
  const watch = async (): Promise<void> => {
    while (!done && peak !== undefined) peak = Math.max(peak, (await usedMemoryMiB()) ?? 0);
  };
  const watching = watch();
  try {
    const result = await work();
    return { result, peakMiB: peak === undefined || before === undefined ? undefined : peak - before };
  } finally {
    done = true;
    await watching;
  }
}
