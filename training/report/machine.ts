import { arch, availableParallelism, cpus, platform, release } from 'node:os';

/** What this machine is, for `environment` of a report: figures of speed and the last bits of others depend on it. */
export function machine(): Record<string, string> {
  return {
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    threads: String(availableParallelism()),
    system: `${platform()} ${release()} ${arch()}`,
    node: process.version,
  };
}
