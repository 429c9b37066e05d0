import { build, type BuildOptions } from 'esbuild';
import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { ConsoleFiles } from '../../functions/api/deps.ts';
import { consoleFiles } from '../../functions/console/console-files.ts';
import { writeConsole } from '../../functions/console/console-folder.ts';
import { folderSize, type FolderSize } from './folder-size.ts';
import { latePackage } from './late-packages.ts';
import { type Architecture, copyNativePackages } from './native-packages.ts';
import { type WorkerFiles, workerFiles } from './worker-files.ts';

export { ARCHITECTURES, type Architecture } from './native-packages.ts';

/** What a function's bundle needs besides its code. */
interface FunctionParts {
  /** onnxruntime and the tokenisers. */
  readonly runsModels?: boolean;
  /** The model that serves while none was ever promoted. */
  readonly fallbackModel?: boolean;
  readonly console?: boolean;
}

/** Every deployed function: `functions/NAME/lambda.ts`. */
const FUNCTIONS = {
  tagger: { runsModels: true, fallbackModel: true },
  trends: {},
  retrain: {},
  promote: { runsModels: true },
  api: { runsModels: true, fallbackModel: true, console: true },
} as const satisfies Readonly<Record<string, FunctionParts>>;

export type FunctionName = keyof typeof FUNCTIONS;
export const FUNCTION_NAMES = Object.keys(FUNCTIONS) as FunctionName[];

export interface BundleOptions {
  readonly architecture: Architecture;
  /** Gets a folder a function; `OUT-maps` beside it gets the source maps. */
  readonly outDir: string;
  /** All of them where nothing is said. */
  readonly names?: readonly FunctionName[];
}

/** A function as it is deployed: `index.mjs` exports `handler`. */
export interface FunctionBundle extends FolderSize {
  readonly name: FunctionName;
  readonly folder: string;
}

const root = join(import.meta.dirname, '..', '..');

/** Packages that were written for CommonJS ask for a `require`, which a module does not have. */
const BANNER = `import { createRequire as createRequireOfBundle } from 'node:module';
const require = createRequireOfBundle(import.meta.url);`;

/** Makes the folders that are deployed. The same sources and packages give the same bytes. */
export async function bundleFunctions(options: BundleOptions): Promise<readonly FunctionBundle[]> {
  const bundles: FunctionBundle[] = [];
  for (const name of options.names ?? FUNCTION_NAMES) {
    const folder = join(options.outDir, name);
    await bundleFunction(name, folder, options);
    bundles.push({ name, folder, ...(await folderSize(folder)) });
  }
  return bundles;
}

async function bundleFunction(name: FunctionName, folder: string, options: BundleOptions): Promise<void> {
  const parts: FunctionParts = FUNCTIONS[name];
  const mapDir = join(`${options.outDir}-maps`, name);
  for (const dir of [folder, mapDir]) {
    await rm(dir, { recursive: true, force: true });
    await mkdir(dir, { recursive: true });
  }
  await bundleCode(join(root, 'functions', name, 'lambda.ts'), folder, mapDir);
  if (parts.runsModels === true) await copyNativePackages(root, folder, options.architecture);
  if (parts.fallbackModel === true) {
    await cp(join(root, 'models', 'starter'), join(folder, 'model'), { recursive: true });
  }
  if (parts.console === true) await writeConsole(withoutLivePage(consoleFiles()), join(folder, 'console'));
}

/** A function has no stream for the live page to show. */
function withoutLivePage(files: ConsoleFiles): ConsoleFiles {
  return new Map([...files].filter(([path]) => path !== '/' && path !== '/console.js'));
}

/** The entry as `index.mjs`, and beside it the modules of the threads that it starts. */
async function bundleCode(entry: string, folder: string, mapDir: string): Promise<void> {
  const waiting: WorkerFiles = new Map([['index.mjs', entry]]);
  const done = new Set<string>();
  for (const [file, source] of waiting) {
    if (done.has(file)) continue;
    done.add(file);
    for (const { path, contents } of await bundleFile(source, file, waiting)) {
      await writeFile(join(path.endsWith('.map') ? mapDir : folder, basename(path)), contents);
    }
  }
}

async function bundleFile(entry: string, file: string, workers: WorkerFiles) {
  const settings: BuildOptions = {
    absWorkingDir: root,
    entryPoints: [entry],
    outfile: join(root, file),
    write: false,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    // The SDK's own modules, of which what is not used is left out.
    mainFields: ['module', 'main'],
    external: ['tokenizers'],
    plugins: [workerFiles(workers), latePackage('onnxruntime-node')],
    banner: { js: BANNER },
    minify: true,
    keepNames: true,
    legalComments: 'none',
    sourcemap: 'external',
    logLevel: 'error',
  };
  return (await build(settings)).outputFiles ?? [];
}
