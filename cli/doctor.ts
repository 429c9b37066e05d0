import { defineCommand } from 'citty';
import { createRequire } from 'node:module';
import { availableParallelism, cpus, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { X_TOKEN_VARIABLE } from '../functions/sources/x/x-access.ts';
import { readEnv } from '../shared/env.ts';
import { VECTORS_PACKAGE } from '../training/data/vectors.ts';
import { checkOnnxruntime, type OnnxruntimeCheck } from './check-onnxruntime.ts';
import { chromiumPath } from './chromium-path.ts';
import { formatBytes } from './format-bytes.ts';
import { packageVersion } from './package-version.ts';
import { print } from './text-output.ts';

export const doctor = defineCommand({
  meta: { name: 'doctor', description: 'Say what this machine has and whether Tagwright works on it' },
  args: { json: { type: 'boolean', description: 'Print JSON; by default text' } },
  run: async ({ args }) => {
    const diagnosis = await diagnose();
    await print(args.json === true ? `${JSON.stringify(diagnosis, null, 2)}\n` : asText(diagnosis));
    for (const problem of diagnosis.problems) process.stderr.write(`problem: ${problem}\n`);
    return diagnosis.ok ? 0 : 1;
  },
});

/** Sizes in bytes; null where something is not there or not known. */
interface Diagnosis extends Omit<OnnxruntimeCheck, 'version'> {
  readonly ok: boolean;
  readonly versions: {
    readonly tagwright: string;
    readonly node: string;
    readonly onnxruntime: string | null;
    readonly glibc: string | null;
  };
  readonly platform: { readonly os: string; readonly release: string; readonly arch: string };
  readonly cores: { readonly usable: number; readonly present: number; readonly model: string | null };
  readonly memory: {
    readonly totalBytes: number;
    readonly availableBytes: number;
    /** What a container may use; null where there is no such limit. */
    readonly limitBytes: number | null;
    /** Of this process. */
    readonly residentBytes: number;
  };
  readonly chromium: string | null;
  readonly vectors: { readonly package: string; readonly version: string | null };
  /** Whether the variables of credentials are set; never what to. */
  readonly credentials: Readonly<Record<string, boolean>>;
}

/** Variables with the credentials of sources. */
const CREDENTIALS = [X_TOKEN_VARIABLE] as const;

async function diagnose(): Promise<Diagnosis> {
  const { version, ...onnxruntime } = await checkOnnxruntime(() => performance.now());
  const present = cpus();
  return {
    ok: onnxruntime.problems.length === 0,
    versions: { tagwright: packageVersion, node: process.versions.node, onnxruntime: version, glibc: glibcVersion() },
    platform: { os: process.platform, release: release(), arch: process.arch },
    cores: { usable: availableParallelism(), present: present.length, model: present[0]?.model.trim() ?? null },
    memory: memory(),
    ...onnxruntime,
    chromium: chromiumPath() ?? null,
    vectors: { package: VECTORS_PACKAGE, version: installedVersion(VECTORS_PACKAGE) },
    credentials: Object.fromEntries(CREDENTIALS.map((name) => [name, readEnv(name) !== undefined])),
  };
}

function glibcVersion(): string | null {
  const { header } = process.report.getReport() as { readonly header: { readonly glibcVersionRuntime?: string } };
  return header.glibcVersionRuntime ?? null;
}

function memory(): Diagnosis['memory'] {
  const totalBytes = totalmem();
  const limit = process.constrainedMemory();
  return {
    totalBytes,
    availableBytes: Math.min(process.availableMemory(), totalBytes),
    // No limit is told as 0, or as more than there is.
    limitBytes: limit > 0 && limit < totalBytes ? limit : null,
    residentBytes: process.memoryUsage.rss(),
  };
}

/** Looked for from the working directory, then from this project, as training does. */
function installedVersion(name: string): string | null {
  for (const folder of [process.cwd(), import.meta.dirname]) {
    try {
      const manifest: unknown = createRequire(join(folder, 'package.json'))(`${name}/package.json`);
      return (manifest as { readonly version: string }).version;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'MODULE_NOT_FOUND')) throw error;
    }
  }
  return null;
}

function asText({
  versions,
  platform,
  cores,
  memory: { totalBytes, availableBytes, limitBytes, residentBytes },
  ...rest
}: Diagnosis): string {
  const { providers, cuda, telemetry, graph, chromium, vectors, credentials } = rest;
  const limit = limitBytes === null ? '' : `, limited to ${formatBytes(limitBytes)}`;
  const rows = {
    tagwright: versions.tagwright,
    node: versions.node,
    onnxruntime: versions.onnxruntime ?? 'does not load',
    platform: `${platform.os} ${platform.arch}, ${platform.release}${versions.glibc === null ? '' : `, glibc ${versions.glibc}`}`,
    providers:
      providers.map(({ name, bundled }) => (bundled ? name : `${name} (libraries not installed)`)).join(', ') || 'none',
    cuda: cuda.usable ? 'usable' : `not usable: ${cuda.reason ?? ''}`,
    cores: `${cores.usable} usable of ${cores.present}${cores.model === null ? '' : ` (${cores.model})`}; ${cores.usable} threads run a model`,
    memory: `${formatBytes(availableBytes)} available of ${formatBytes(totalBytes)}${limit}; this process has ${formatBytes(residentBytes)}`,
    telemetry: `${telemetry.off ? 'off' : 'perhaps on'}: ${telemetry.variable} is ${telemetry.value ?? 'not set'}, by ${telemetry.setBy}${telemetry.beforeOnnxruntime ? ', before onnxruntime was loaded' : ''}`,
    graph:
      graph === null
        ? 'not run'
        : `x w + b = ${graph.result.join(', ')}, built and run in ${graph.milliseconds.toFixed(0)} ms`,
    chromium: chromium ?? 'not found; only the browser tests need it',
    vectors:
      vectors.version === null
        ? `${vectors.package} is not installed; only --vectors needs it`
        : `${vectors.package} ${vectors.version}`,
    credentials: Object.entries(credentials)
      .map(([name, set]) => `${name} is ${set ? 'set' : 'not set'}`)
      .join(', '),
  };
  return Object.entries(rows)
    .map(([name, value]) => `${name.padEnd(12)} ${value}\n`)
    .join('');
}
