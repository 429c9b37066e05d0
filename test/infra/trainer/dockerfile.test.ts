import { build } from 'esbuild';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { LIBRARIES, lockText } from '../../../infra/trainer/lock-cuda-libraries.mjs';
import { tempFolder } from '../../support/temp-folder.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const folder = join(root, 'infra', 'trainer');

interface Instruction {
  readonly name: string;
  readonly rest: string;
}

/** Instructions of a Dockerfile, continued lines put together, without comments. */
function readDockerfile(): readonly Instruction[] {
  const lines = readFileSync(join(folder, 'Dockerfile'), 'utf8')
    .split('\n')
    .filter((line) => !line.startsWith('#'));
  return lines
    .join('\n')
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => ({ name: line.split(' ')[0]!, rest: line.slice(line.indexOf(' ') + 1) }));
}

const dockerfile = readDockerfile();
const restOf = (name: string): readonly string[] =>
  dockerfile.filter((instruction) => instruction.name === name).map(({ rest }) => rest);
/** Paths of the repository that are copied into the image. */
const copied = restOf('COPY')
  .filter((rest) => !rest.startsWith('--from='))
  .flatMap((rest) => rest.split(' ').slice(0, -1));

describe('the image of the training container', () => {
  test('copies what is there, and what its .dockerignore lets in', () => {
    const ignore = readFileSync(join(folder, 'Dockerfile.dockerignore'), 'utf8').split('\n');
    for (const path of copied) {
      expect(existsSync(join(root, path)), path).toBe(true);
      const isLetIn = ignore.some(
        (line) => line === `!${path}` || (line.startsWith('!') && path.startsWith(`${line.slice(1)}/`)),
      );
      expect(isLetIn, path).toBe(true);
    }
  });

  test('holds every file that the trainer and its thread import', async () => {
    const { metafile } = await build({
      entryPoints: ['training/job/container/main.ts', 'training/job/training-worker.ts'],
      ...{ absWorkingDir: root, bundle: true, write: false, outdir: 'unused', metafile: true },
      ...{ platform: 'node', format: 'esm', packages: 'external', logLevel: 'silent' },
    });
    const inputs = Object.keys(metafile.inputs);
    expect(inputs.length).toBeGreaterThan(100);
    const isCopied = (file: string): boolean => copied.some((path) => file === path || file.startsWith(`${path}/`));
    expect(inputs.filter((file) => !isCopied(file))).toEqual([]);
  });

  test('stands on CUDA 12.8 with cuDNN, and on no image without a version', () => {
    expect(restOf('FROM')).toEqual([
      'node:24-bookworm-slim${NODE_DIGEST} AS packages-cpu',
      'packages-cpu AS packages-cuda',
      'node:24-bookworm-slim${NODE_DIGEST} AS base-cpu',
      'nvidia/cuda:12.8.1-cudnn-runtime-ubuntu22.04${CUDA_DIGEST} AS base-cuda',
      'packages-${DEVICE} AS packages',
      'base-${DEVICE}',
    ]);
    expect(restOf('ARG')[0]).toBe('DEVICE=cuda');
  });

  test('takes the libraries for CUDA into that image alone', () => {
    const stageOf = (word: string): string | undefined => {
      const at = dockerfile.findIndex(({ name, rest }) => name === 'RUN' && rest.includes(word));
      return dockerfile.slice(0, at).findLast(({ name }) => name === 'FROM')?.rest;
    };
    expect(stageOf('ONNXRUNTIME_NODE_INSTALL=cuda12')).toBe('packages-cpu AS packages-cuda');
    expect(stageOf('npm ci')).toContain('AS packages-cpu');
  });

  test('installs packages by the lock file, without scripts and without those for development', () => {
    expect(restOf('RUN')).toContain('npm ci --omit=dev --ignore-scripts');
  });

  test('checks the Node that trains by its hash', () => {
    const hash = restOf('ARG')
      .find((rest) => rest.startsWith('NODE_SHA256='))!
      .slice('NODE_SHA256='.length);
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
    expect(restOf('RUN').some((rest) => rest.includes('"${NODE_SHA256}  bin/node" | sha256sum --check --strict'))).toBe(
      true,
    );
    // The image is for this platform, so here the pinned Node is the one that the image gets.
    if (process.platform !== 'linux' || process.arch !== 'x64') return;
    const program = readFileSync(join(root, 'node_modules', 'node', 'bin', 'node'));
    expect(hash).toBe(createHash('sha256').update(program).digest('hex'));
  });

  test('installs the libraries for CUDA by name, and checks them by hash', () => {
    const run = restOf('RUN').find((rest) => rest.includes('onnxruntime-node'))!;
    expect(run).toMatch(
      /^ONNXRUNTIME_NODE_INSTALL=cuda12 node .*sha256sum --check --strict \/build\/cuda-libraries\.sha256/,
    );
  });

  test('runs as nobody in particular, with telemetry off, and gets signals itself', () => {
    expect(restOf('ENV').join(' ')).toContain('ORT_DISABLE_TELEMETRY=1');
    expect(restOf('ARG')).toContain('TRAINER_USER=trainer');
    expect(dockerfile.slice(-2).map(({ name }) => name)).toEqual(['USER', 'ENTRYPOINT']);
    const entry = JSON.parse(restOf('ENTRYPOINT')[0]!) as readonly string[];
    expect(entry[0]).toBe('/app/node_modules/node/bin/node');
    expect(existsSync(join(root, entry.at(-1)!.replace('/app/', '')))).toBe(true);
    expect(JSON.stringify(dockerfile)).not.toMatch(/tini|\/opt\/ml/);
  });
});

describe('the lock of the CUDA libraries', () => {
  test('names all that training loads, or nothing yet', () => {
    const lines = readFileSync(join(folder, 'cuda-libraries.sha256'), 'utf8')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'));
    if (lines.length === 0) return;
    expect(lines.map((line) => /^[0-9a-f]{64} {2}(.+)$/.exec(line)?.[1])).toEqual(LIBRARIES);
  });

  test('is written with the hashes of the libraries, and keeps its comments', () => {
    const libraries = tempFolder();
    for (const name of LIBRARIES) writeFileSync(join(libraries, name), '');
    // SHA-256 of nothing.
    const nothing = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
    const lock = `# why\n${LIBRARIES.map((name) => `${nothing}  ${name}`).join('\n')}\n`;
    expect(lockText('# why\n', libraries)).toBe(lock);
    expect(lockText(lock, libraries)).toBe(lock);
  });
});
