import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Gate, Manifest } from '../../shared/contracts/manifest.ts';
import { cli } from '../support/cli.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { SAMPLE, trainedBundle } from '../support/trained-bundle.ts';

const model = trainedBundle(4);
const corpus = join(SAMPLE, 'dev');

const exportTo = (out: string, ...more: readonly string[]): ReturnType<typeof cli> =>
  cli(['export', '--model', model(), '--corpus', corpus, '--out', out, ...more]);

const manifestOf = (folder: string): Manifest =>
  JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as Manifest;

describe('export', () => {
  test('writes int8, prints the verdict, and the new bundle tags', async () => {
    const out = join(tempFolder(), 'int8');
    const { code, stdout, stderr } = await exportTo(out);
    expect([code, stderr]).toEqual([0, '']);
    const manifest = manifestOf(out);
    expect(manifest.graph).toEqual({ file: 'onnx/model_quantized.onnx', precision: 'int8' });
    expect(stdout).toContain(`Model ${manifest.id}: int8, `);
    expect(stdout).toContain(`exported from ${manifestOf(model()).id}\n`);
    expect(stdout).toContain(
      `  tag agreement             ${manifest.gate!.figures.tagAgreement.toFixed(5)}  (at least 0.985)`,
    );
    const tagged = await cli(['tag', '--model', out], { input: 'Ada Lovelace is in Paris\n' });
    expect(tagged.code).toBe(0);
  });

  test('writes fp32 that tags as the model does, and prints the verdict as JSON', async () => {
    const out = join(tempFolder(), 'fp32');
    const { code, stdout } = await exportTo(out, '--precision', 'fp32', '--json');
    expect(code).toBe(0);
    const { id, gate } = JSON.parse(stdout) as { readonly id: string; readonly gate: Gate };
    expect(manifestOf(out)).toMatchObject({ id, gate, exportedFrom: manifestOf(model()).id });
    expect(gate.figures).toMatchObject({ tagAgreement: 1, f1Difference: 0 });
    expect(gate.corpus.sentences).toBe(manifestOf(model()).data['dev']!.sentences);
  });

  test('fails beyond a limit that a flag sets, names figure and limit, and writes nothing', async () => {
    const out = join(tempFolder(), 'refused');
    const { code, stderr } = await exportTo(out, '--max-logit-difference', '0');
    expect(code).toBe(1);
    expect(stderr).toMatch(/E_EXPORT_GATE: .*the largest logit difference is 0\.\d+; expected at most 0\. Nothing was/);
    expect(existsSync(out)).toBe(false);
  });

  test.each([
    ['--precision', 'fp16', "no precision, got 'fp16'; expected fp32 or int8"],
    ['--min-tag-agreement', '99', "out of range, got '99'; expected a number from 0 to 1"],
    ['--max-logit-difference', 'much', "out of range, got 'much'; expected a number of at least 0"],
  ])('fails with %s %s', async (flag, value, message) => {
    const { code, stderr } = await exportTo(join(tempFolder(), 'none'), flag, value);
    expect(code).toBe(2);
    expect(stderr).toContain(`E_USAGE: tagwright export: ${flag}: ${message}`);
  });
});
