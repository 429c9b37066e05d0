import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Manifest } from '../../shared/contracts/manifest.ts';
import { createRng } from '../../shared/random.ts';
import { evaluateTags, type EvaluationReport } from '../../shared/evaluation/evaluation-report.ts';
import type { ReportData } from '../../training/report/report-data.ts';
import { cli } from '../support/cli.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { SAMPLE, trainedBundle } from '../support/trained-bundle.ts';

const bundle = trainedBundle(8);

interface Evaluated extends EvaluationReport {
  readonly model: string;
  readonly file: string;
  readonly sha256: string;
  readonly usedAs: string | null;
  readonly unknownTypes: Readonly<Record<string, number>>;
}

interface Run {
  readonly found: Evaluated;
  readonly stderr: string;
}
const runs = new Map<string, Promise<Run>>();

/** What `evaluate --json` says of a file; runs once for each. */
function evaluated(file: string): Promise<Run> {
  const run = runs.get(file) ?? runEvaluate(file);
  runs.set(file, run);
  return run;
}

async function runEvaluate(file: string): Promise<Run> {
  const { code, stdout, stderr } = await cli(['evaluate', '--model', bundle(), '--corpus', file, '--json']);
  expect([code, stderr.includes('E_')], stderr).toEqual([0, false]);
  return { found: JSON.parse(stdout) as Evaluated, stderr };
}

const manifestOf = (folder: string): Manifest =>
  JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as Manifest;

describe('figures', () => {
  test('are those that training measured on the same files', async () => {
    const { metrics, data, id } = manifestOf(bundle());
    for (const split of ['dev', 'test']) {
      const { found } = await evaluated(join(SAMPLE, split));
      const { tokenAccuracy, f1Interval, entity } = found;
      expect({ tokenAccuracy, f1Interval, entity: entity.default.micro }).toEqual(metrics[split]);
      expect(found).toMatchObject({ model: id, usedAs: split, sha256: data[split]!.sha256, unknownTypes: {} });
      expect([found.sentences, found.tokens]).toEqual([data[split]!.sentences, data[split]!.tokens]);
    }
  });

  test('are those of the tags that `tagwright tag --format conll` writes, to the last bit', async () => {
    const file = join(SAMPLE, 'test');
    const { found } = await evaluated(file);
    const { stdout } = await cli(['tag', '--model', bundle(), '--input', file, '--format', 'conll']);
    const sentences = stdout
      .split('\n\n')
      .filter((block) => block !== '')
      .map((block) => block.split('\n').map((line) => line.split('\t')));
    const column = (i: number): string[][] => sentences.map((rows) => rows.map((row) => row[i]!));
    expect(found).toMatchObject(evaluateTags(column(1), column(2), { rng: createRng(0, 'bootstrap') }));
  });

  test('have both modes, their scheme, and every type', async () => {
    const { found } = await evaluated(join(SAMPLE, 'test'));
    expect([found.entity.default.mode, found.entity.strict.mode, found.entity.strict.scheme]).toEqual([
      'default',
      'strict',
      'IOB2',
    ]);
    for (const report of Object.values(found.entity)) {
      expect(Object.keys(report.micro).sort()).toEqual(['f1', 'precision', 'recall', 'support']);
      expect(Object.keys(report.perType)).toHaveLength(10);
    }
  });

  test('say as text what they were measured with and on, mode and scheme beside them', async () => {
    const file = join(SAMPLE, 'test');
    const { found } = await evaluated(file);
    const { code, stdout } = await cli(['evaluate', '--model', bundle(), '--corpus', file]);
    expect(code).toBe(0);
    expect(stdout).toContain(`Model: ${found.model}, scheme BIO\nFile: ${file} (SHA-256 ${found.sha256})\n`);
    expect(stdout).toContain('Entities, seqeval default mode (as conlleval):');
    expect(stdout).toContain('Entities, seqeval strict mode, scheme IOB2:');
    expect(stdout).toContain('Kinds of errors (default mode):');
    expect(stdout).toContain("Words by tag, as scikit-learn's classification_report:");
    expect(stdout).toContain(`Micro F1 (default mode): ${found.entity.default.micro.f1.toFixed(4)}`);
  });
});

describe('the file', () => {
  test('is found from the working directory', async () => {
    const cwd = dirname(SAMPLE);
    const { code, stdout } = await cli(
      ['evaluate', '--model', relative(cwd, bundle()), '--corpus', 'sample/test', '--json'],
      { cwd },
    );
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ file: 'sample/test', model: manifestOf(bundle()).id });
  });

  test('that the model was trained on is warned of on stderr', async () => {
    const { found, stderr } = await evaluated(join(SAMPLE, 'train'));
    expect(found.usedAs).toBe('train');
    expect(stderr).toMatch(/^warning: .*train is the file that this model was trained on: figures on it say nothing/m);
  });

  test('that chose the best epoch is noted on stderr, another is not', async () => {
    expect((await evaluated(join(SAMPLE, 'dev'))).stderr).toMatch(/^note: .*dev is the file that chose/m);
    expect((await evaluated(join(SAMPLE, 'test'))).stderr).toBe('');
  });

  test('may have types that the model does not know: they are misses, named with their number', async () => {
    const file = join(tempFolder(), 'more');
    writeFileSync(file, 'one\tB-recipe\ntwo\tI-recipe\n\nx\tB-recipe\ny\tB-law-suit\n');
    const { found, stderr } = await evaluated(file);
    expect(found.unknownTypes).toEqual({ recipe: 2, 'law-suit': 1 });
    expect(found.entity.default.perType['recipe']).toEqual({ precision: 0, recall: 0, f1: 0, support: 2 });
    expect(stderr).toContain('count as missed: recipe (2), law-suit (1)');
  });

  test.each([
    ['that is not there', 'none', undefined, 'E_FILE_UNREADABLE'],
    ['without a sentence', 'empty', '\n\n', 'E_CORPUS_EMPTY'],
    ['with a bad line', 'bad', 'a\tO\nb\n', 'E_CORPUS_MALFORMED'],
    ['with a tag of another scheme', 'bioes', 'a\tS-person\n', 'E_CORPUS_MALFORMED'],
  ])('fails %s', async (_, name, text, error) => {
    const file = join(tempFolder(), name);
    if (text !== undefined) writeFileSync(file, text);
    const { code, stdout, stderr } = await cli(['evaluate', '--model', bundle(), '--corpus', file]);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(new RegExp(`^tagwright: ${error}: ${file}`));
  });

  test('fails with E_USAGE when it is a folder', async () => {
    const { code, stdout, stderr } = await cli(['evaluate', '--model', bundle(), '--corpus', SAMPLE]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^tagwright: E_USAGE: .* is a folder; expected one labelled file/);
  });
});

describe('--report', () => {
  test('writes a page and its data of the same figures, with confidences', async () => {
    const folder = join(tempFolder(), 'report');
    const file = join(SAMPLE, 'test');
    const args = ['evaluate', '--model', bundle(), '--corpus', file, '--json', '--report', folder];
    const { code, stdout, stderr } = await cli(args);
    expect([code, stderr]).toEqual([0, `report: ${join(folder, 'report.html')}\n`]);
    expect(JSON.parse(stdout)).toEqual((await evaluated(file)).found);
    const report = JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8')) as ReportData;
    const [split] = report.splits;
    expect([report.model.id, report.splits.length, split!.name]).toEqual([manifestOf(bundle()).id, 1, 'test']);
    expect((await evaluated(file)).found).toMatchObject(split!.evaluation);
    const { entities, words } = split!.calibration!;
    expect([entities.raw.count, words.raw.count]).toEqual([entities.calibrated.count, split!.evaluation.tokens]);
    const page = readFileSync(join(folder, 'report.html'), 'utf8');
    expect(page).toContain(manifestOf(bundle()).id);
  });

  test('fails with E_FILE_UNWRITABLE where a file is in the way', async () => {
    const folder = tempFolder();
    const report = join(folder, 'file');
    writeFileSync(report, '');
    const corpus = join(SAMPLE, 'test');
    const { code, stdout, stderr } = await cli([
      'evaluate',
      '--model',
      bundle(),
      '--corpus',
      corpus,
      '--report',
      report,
    ]);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^tagwright: E_FILE_UNWRITABLE: /);
  });
});

describe('the model', () => {
  const evaluate = (model: string): ReturnType<typeof cli> =>
    cli(['evaluate', '--model', model, '--corpus', join(SAMPLE, 'test')]);

  test('fails with E_BUNDLE_MISSING where there is none', async () => {
    const { code, stdout, stderr } = await evaluate(join(tempFolder(), 'none'));
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^tagwright: E_BUNDLE_MISSING: /);
  });

  test('fails with E_BUNDLE_TAMPERED when a byte of it was changed', async () => {
    const copy = join(tempFolder(), 'copy');
    cpSync(bundle(), copy, { recursive: true });
    const file = join(copy, 'model.safetensors');
    const bytes = readFileSync(file);
    bytes[bytes.length - 1]! ^= 1;
    writeFileSync(file, bytes);
    const { code, stdout, stderr } = await evaluate(copy);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^tagwright: E_BUNDLE_TAMPERED: .*model\.safetensors was changed/);
  });

  test('fails with E_BUNDLE_FOREIGN when it is of another program', async () => {
    const folder = tempFolder();
    writeFileSync(join(folder, 'manifest.json'), '{"name":"an app"}');
    expect((await evaluate(folder)).stderr).toMatch(/^tagwright: E_BUNDLE_FOREIGN: /);
  });
});
