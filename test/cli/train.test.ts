import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { cli, MAIN, startCli } from '../support/cli.ts';
import { childResult, startChild, type ChildResult } from '../support/run-child.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { SAMPLE } from '../support/trained-bundle.ts';
import { untilFolder } from '../support/until-folder.ts';

const EPOCHS = 5;

const trainArgs = (out: string, ...more: readonly string[]): string[] => [
  ...['train', '--corpus', SAMPLE, '--out', out, '--epochs', String(EPOCHS), '--seed', '3'],
  ...more,
];

interface Event {
  readonly type: string;
  readonly epoch?: number;
}

function eventsOf(out: string): Event[] {
  const lines = readFileSync(join(`${out}.run`, 'events.jsonl'), 'utf8').split('\n');
  // What a killed process wrote last need not be a whole line.
  return lines.slice(0, -1).map((line) => JSON.parse(line) as Event);
}

const weightsOf = (out: string): Buffer => readFileSync(join(out, 'model.safetensors'));

/** Ends a run by a signal as soon as its first checkpoint is there. */
async function endAtCheckpoint(out: string, signal: NodeJS.Signals): Promise<ChildResult> {
  mkdirSync(`${out}.run`);
  const child = startCli(trainArgs(out));
  const ended = childResult(child);
  const saved = (): boolean => {
    try {
      return eventsOf(out).some(({ type }) => type === 'checkpoint');
    } catch {
      return false;
    }
  };
  await Promise.race([ended, untilFolder(`${out}.run`, saved)]);
  child.kill(signal);
  return ended;
}

describe('a run', () => {
  let undisturbed: { readonly weights: Buffer; readonly manifest: string; readonly result: ChildResult };

  beforeAll(async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tagwright-test-'));
    const out = join(folder, 'bundle');
    const result = await cli(trainArgs(out));
    undisturbed = { weights: weightsOf(out), manifest: readFileSync(join(out, 'manifest.json'), 'utf8'), result };
    rmSync(folder, { recursive: true });
  }, 120_000);

  test('says on stderr what it does, and nothing on stdout', () => {
    const { code, stdout, stderr } = undisturbed.result;
    expect([code, stdout]).toEqual([0, '']);
    const lines = stderr.split('\n');
    expect(lines[0]).toBe('corpus   363 train, 80 dev, 80 test sentences');
    expect(lines.filter((line) => /^epoch +\d\/5 {2}loss \d\.\d{4} {2}dev F1 \d+\.\d/.test(line))).toHaveLength(EPOCHS);
    expect(stderr).toMatch(/^test +F1 \d+\.\d \(95 % interval /m);
    expect(stderr).toMatch(/^bundle +\S+ \(model [0-9a-f]{16}\)$/m);
  });

  test(
    'that is killed goes on with --resume and ends with the same bundle as one that is not',
    { timeout: 120_000 },
    async () => {
      const out = join(tempFolder(), 'bundle');
      const killed = await endAtCheckpoint(out, 'SIGKILL');
      expect(killed.signal).toBe('SIGKILL');
      const { code, stderr } = await cli(trainArgs(out, '--resume'));
      expect(code, stderr).toBe(0);
      const epoch = eventsOf(out).find(({ type }) => type === 'resumed')?.epoch;
      expect(epoch).toBeGreaterThanOrEqual(1);
      expect(epoch).toBeLessThan(EPOCHS);
      expect(stderr).toContain(`resumed  after epoch ${epoch!}, step `);
      expect(weightsOf(out).equals(undisturbed.weights)).toBe(true);
      expect(readFileSync(join(out, 'manifest.json'), 'utf8')).toBe(undisturbed.manifest);
    },
  );

  test(
    'that is interrupted ends with 1 and the hint to resume, which ends with the same bundle too',
    { timeout: 120_000 },
    async () => {
      const out = join(tempFolder(), 'bundle');
      const interrupted = await endAtCheckpoint(out, 'SIGTERM');
      expect([interrupted.code, interrupted.stdout]).toEqual([1, '']);
      expect(interrupted.stderr).toMatch(
        /^interrupted by SIGTERM: saved after step \d+; go on with the same command and --resume\n$/m,
      );
      const { code } = await cli(trainArgs(out, '--resume'));
      expect([code, weightsOf(out).equals(undisturbed.weights)]).toEqual([0, true]);
    },
  );
});

describe('fails, names the reason and leaves no bundle', () => {
  const sentences = (count: number, word: string): string =>
    Array.from({ length: count }, (_, i) => `${word}${i}\tB-person\nis\tO\nhere\tO\n\n`).join('');
  const train = sentences(6, 'Anna');
  const dev = sentences(3, 'Bob');
  const rows: readonly (readonly [string, Readonly<Record<string, string>>, readonly string[], RegExp])[] = [
    ['a corpus folder that is not there', {}, ['--corpus', 'none'], /E_FILE_UNREADABLE: \S*none: there is no such/],
    [
      'a dev file that is not there',
      { train },
      ['--train', 'train', '--dev', 'dev'],
      /E_FILE_UNREADABLE: \S*dev: there is no such/,
    ],
    [
      'a corpus folder without a train file',
      { dev },
      ['--corpus', '.'],
      /E_CORPUS_NO_TRAIN: .*no train file; the directory has 'dev'/,
    ],
    [
      'two train files',
      { train, 'train.txt': train },
      ['--corpus', '.'],
      /E_CORPUS_NO_TRAIN: .*more than one train file/,
    ],
    ['an empty train file', { train: '\n\n', dev }, ['--corpus', '.'], /E_CORPUS_EMPTY: \S*train: no sentence/],
    [
      'a line without a tag',
      { train: `${train}word\n`, dev },
      ['--corpus', '.'],
      /E_CORPUS_MALFORMED: \S*train:25: a column is missing/,
    ],
    [
      'a tag outside the scheme',
      { train, dev: 'a\tS-person\n' },
      ['--corpus', '.'],
      /E_CORPUS_MALFORMED: \S*dev:1: the tag is outside the scheme, got "S-person"/,
    ],
    [
      'a tag that continues nothing',
      { train, dev: 'a\tI-person\n' },
      ['--corpus', '.'],
      /E_CORPUS_MALFORMED: \S*dev:1: the tag continues nothing/,
    ],
    [
      'one file as dev and as test',
      { train, dev },
      ['--train', 'train', '--dev', 'dev', '--test', 'dev'],
      /E_SPLIT_OVERLAP: corpus: dev and test are the same file/,
    ],
    [
      'one content as train and as dev',
      { train, dev: train },
      ['--corpus', '.'],
      /E_SPLIT_OVERLAP: corpus: train and dev are the same content/,
    ],
    [
      'vectors that are not there',
      { train, dev },
      ['--corpus', '.', '--vectors', 'none.txt'],
      /E_VECTORS_MISSING: vectors: there is no such file, got none\.txt/,
    ],
    [
      'vectors that are none',
      { train, dev, v: 'the 0.1 0.2\nof 0.1 x\n' },
      ['--corpus', '.', '--vectors', 'v'],
      /E_VECTORS_MALFORMED: v:2: /,
    ],
    [
      'an encoder folder that is none',
      { train, dev },
      ['--corpus', '.', '--encoder', '.'],
      /E_ENCODER_MISSING: \S+: there is no config\.json, got bundle\.run, dev, train/,
    ],
    [
      'a hub that cannot be reached',
      { train, dev },
      ['--corpus', '.', '--encoder', 'someone/encoder'],
      /E_HUB_UNREACHABLE: \S*someone\/encoder/,
    ],
    [
      'a device that is not there, before anything is read',
      {},
      ['--corpus', 'none', '--device', 'cuda'],
      /E_DEVICE_UNAVAILABLE: device cuda: .* Or use --device cpu\./,
    ],
    [
      'a folder that cannot be made',
      { train, dev },
      ['--corpus', '.', '--out', 'train/bundle'],
      /E_FILE_UNWRITABLE: writeBundle: \S*bundle: cannot be written: ENOTDIR/,
    ],
    [
      'a folder that holds something else, before any time is spent',
      { train, dev },
      ['--corpus', '.', '--out', '.'],
      /E_FILE_UNWRITABLE: writeBundle: \S+: the folder holds something that is no model/,
    ],
  ];
  test.concurrent.each(rows)('for %s', { timeout: 60_000 }, async (_, files, args, message) => {
    const cwd = mkdtempSync(join(tmpdir(), 'tagwright-test-'));
    try {
      for (const [name, text] of Object.entries(files)) writeFileSync(join(cwd, name), text);
      // A hub that is not there, and libraries of CUDA that are not used where they are.
      const env = { HF_ENDPOINT: 'http://127.0.0.1:9', HF_HOME: join(cwd, 'hub'), CUDA_VISIBLE_DEVICES: '' };
      const { code, stdout, stderr } = await cli(['train', '--out', 'bundle', ...args], { cwd, env });
      expect([code, stdout]).toEqual([1, '']);
      expect(stderr).toMatch(new RegExp(`^tagwright: ${message.source}`, 'm'));
      expect(existsSync(join(cwd, 'bundle'))).toBe(false);
    } finally {
      rmSync(cwd, { recursive: true });
    }
  });

  test('for a checkpoint of another run, and for a damaged one', { timeout: 60_000 }, async () => {
    const cwd = tempFolder();
    writeFileSync(join(cwd, 'train'), train);
    writeFileSync(join(cwd, 'dev'), dev);
    const args = ['train', '--corpus', '.', '--out', 'bundle', '--epochs', '1'];
    expect(await cli(args, { cwd })).toMatchObject({ code: 0 });
    const other = await cli([...args, '--resume', '--seed', '2'], { cwd });
    expect(other.code).toBe(1);
    expect(other.stderr).toMatch(/^tagwright: E_CHECKPOINT_MISMATCH: /m);
    const run = join(cwd, 'bundle.run');
    for (const name of readdirSync(run).filter((file) => file.startsWith('checkpoint-'))) {
      writeFileSync(join(run, name), readFileSync(join(run, name)).subarray(0, -1));
    }
    const damaged = await cli([...args, '--resume'], { cwd });
    expect(damaged.code).toBe(1);
    expect(damaged.stderr).toMatch(/^tagwright: E_CHECKPOINT_CORRUPT: /m);
    // The bundle of the run that was whole is still there.
    expect(existsSync(join(cwd, 'bundle', 'manifest.json'))).toBe(true);
  });
});

describe('fails with E_USAGE and exit code 2', () => {
  const rows: readonly (readonly [string, string, readonly string[], RegExp])[] = [
    [
      'a --config with an unknown key',
      '{"train": {"speed": 1}}',
      [],
      /settings: there is no train\.speed, got 'speed'/,
    ],
    ['a --set of an unknown path', '{}', ['--set', 'train.rate=1'], /settings: there is no train\.rate, got 'rate'/],
    ['bf16 on the CPU', '{}', ['--set', 'train.precision=bf16'], /train\.precision: bf16 is for CUDA/],
  ];
  test.concurrent.each(rows)('for %s', { timeout: 60_000 }, async (_, config, args, message) => {
    const cwd = mkdtempSync(join(tmpdir(), 'tagwright-test-'));
    try {
      writeFileSync(join(cwd, 'config.json'), config);
      const command = ['train', '--corpus', SAMPLE, '--out', 'bundle', '--config', 'config.json', ...args];
      const { code, stdout, stderr } = await cli(command, { cwd });
      expect([code, stdout]).toEqual([2, '']);
      expect(stderr).toMatch(new RegExp(`^tagwright: E_USAGE: ${message.source}`, 'm'));
    } finally {
      rmSync(cwd, { recursive: true });
    }
  });
});

test(
  'a run whose disk is full says so, keeps the checkpoint before, and goes on with --resume',
  { timeout: 120_000 },
  async () => {
    const out = join(tempFolder(), 'bundle');
    await endAtCheckpoint(out, 'SIGTERM');
    const files = (): string[] => readdirSync(`${out}.run`).filter((name) => name.startsWith('checkpoint-'));
    const before = files();
    expect(before.length).toBeGreaterThan(0);
    // A limit on file size stands for a full disk: writes past it fail with EFBIG once the signal is ignored.
    const limited = `trap '' XFSZ; ulimit -f 2000; exec "$0" "$@"`;
    const full = await childResult(
      startChild(pathToFileURL(MAIN), trainArgs(out, '--resume'), ['bash', '-c', limited]),
    );
    expect([full.code, full.stdout]).toEqual([1, '']);
    expect(full.stderr).toMatch(
      /^tagwright: E_FILE_UNWRITABLE: \S+: the checkpoint cannot be written: EFBIG.* from the one before with --resume\.$/m,
    );
    expect(files()).toEqual(before);
    const { code, stderr } = await cli(trainArgs(out, '--resume'));
    expect(code, stderr).toBe(0);
    expect(stderr).toContain('resumed  after epoch ');
    expect(files().length).toBeGreaterThan(0);
  },
);

test('a bundle is not written over a folder that is none', { timeout: 60_000 }, async () => {
  const cwd = tempFolder();
  mkdirSync(join(cwd, 'thesis'));
  writeFileSync(join(cwd, 'thesis', 'chapter.txt'), 'years of work');
  const { code, stderr } = await cli(['train', '--corpus', SAMPLE, '--out', 'thesis', '--epochs', '1'], { cwd });
  expect(code).toBe(1);
  expect(stderr).toMatch(/^tagwright: E_FILE_UNWRITABLE: /m);
  expect(readFileSync(join(cwd, 'thesis', 'chapter.txt'), 'utf8')).toBe('years of work');
});
