// Bundles the functions for AWS Lambda into .build/functions/NAME: `npm run bundle -- [--arch arm64|x64] [--out DIR]`
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { NerError } from '../shared/ner-error.ts';
import { ARCHITECTURES, bundleFunctions, type Architecture } from './function-bundles/bundle-functions.ts';

const { values } = parseArgs({
  options: { arch: { type: 'string', default: 'arm64' }, out: { type: 'string' } },
});
const architecture = ARCHITECTURES.find((known) => known === values.arch);
if (architecture === undefined) {
  throw new NerError('E_USAGE', `--arch: unknown, got '${values.arch}'; expected ${ARCHITECTURES.join(' or ')}.`);
}
await report(architecture, values.out ?? join(import.meta.dirname, '..', '.build', 'functions'));

async function report(arch: Architecture, outDir: string): Promise<void> {
  const bundles = await bundleFunctions({ architecture: arch, outDir });
  for (const { name, sizeBytes, deflatedBytes } of bundles) {
    const [whole, packed] = [sizeBytes, deflatedBytes].map((bytes) => (bytes / 2 ** 20).toFixed(1));
    process.stderr.write(`${name.padEnd(10)} ${packed} MiB zipped, ${whole} MiB unzipped\n`);
  }
}
