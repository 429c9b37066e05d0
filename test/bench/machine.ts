import { arch, availableParallelism, cpus, loadavg, platform, release, totalmem } from 'node:os';
import { packageVersion } from '../../cli/package-version.ts';
import { onnxruntimeVersion } from '../../shared/ort/version.ts';

/** Where and with what something was measured. */
export interface Machine {
  readonly system: string;
  readonly cpu: string;
  /** Cores that this process may use. */
  readonly cores: number;
  readonly memoryGiB: number;
  /** Processes that wanted a core in the last minute, on average: above the cores, figures are worse than they could be. */
  readonly load: number;
  readonly node: string;
  readonly onnxruntime: string;
  readonly tagwright: string;
}

export function describeMachine(): Machine {
  return {
    system: `${platform()} ${release()} ${arch()}`,
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    load: Math.round((loadavg()[0] ?? 0) * 10) / 10,
    node: process.version,
    onnxruntime: onnxruntimeVersion,
    tagwright: packageVersion,
  };
}

export function formatMachine(machine: Machine): string {
  const { cpu, cores, memoryGiB, load, system, node, onnxruntime, tagwright } = machine;
  return (
    `${cpu}, ${cores} cores, ${memoryGiB} GiB, load ${load}, ${system}\n` +
    `node ${node}, onnxruntime ${onnxruntime}, tagwright ${tagwright}\n`
  );
}
