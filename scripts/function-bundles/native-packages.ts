import { cp, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';

export const ARCHITECTURES = ['arm64', 'x64'] as const;

/** Of the functions' machines, as Node names them. */
export type Architecture = (typeof ARCHITECTURES)[number];

/** Packages with native code, which no bundler can take in, and the files of each that a function on Linux loads. */
const NATIVE_PACKAGES: Readonly<Record<string, (architecture: Architecture) => readonly string[]>> = {
  'onnxruntime-node': (architecture) => [
    'package.json',
    'dist/index.js',
    'dist/backend.js',
    'dist/binding.js',
    'dist/version.js',
    `bin/napi-v6/linux/${architecture}`,
  ],
  'onnxruntime-common': () => ['package.json', 'dist/cjs'],
  tokenizers: (architecture) => [
    'package.json',
    'LICENSE',
    'index.js',
    // Lambda's Linux has glibc.
    `tokenizers.linux-${architecture}-gnu.node`,
  ],
};

/** Copies the packages into `outDir/node_modules`, for one architecture. */
export async function copyNativePackages(root: string, outDir: string, architecture: Architecture): Promise<void> {
  for (const [name, filesOf] of Object.entries(NATIVE_PACKAGES)) {
    for (const file of filesOf(architecture)) {
      const target = join(outDir, 'node_modules', name, file);
      await mkdir(dirname(target), { recursive: true });
      await cp(join(root, 'node_modules', name, file), target, { recursive: true, filter: (path) => !isLeftOut(path) });
    }
  }
}

function isLeftOut(path: string): boolean {
  return path.endsWith('.map') || path.endsWith('.d.ts');
}
