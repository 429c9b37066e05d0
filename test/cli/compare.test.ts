import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Manifest } from '../../shared/contracts/manifest.ts';
import { cli } from '../support/cli.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { SAMPLE, trainedBundle } from '../support/trained-bundle.ts';

const long = trainedBundle(8);
const short = trainedBundle(2);
const file = join(SAMPLE, 'test');

const manifestOf = (folder: string): Manifest =>
  JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as Manifest;

const compare = (model: string, against: string, ...more: readonly string[]): ReturnType<typeof cli> =>
  cli(['compare', '--model', model, '--against', against, '--corpus', file, ...more]);

interface Compared {
  readonly f1: number;
  readonly againstF1: number;
  readonly difference: number;
  readonly pValue: number;
  readonly verdict: string;
}

describe('compare', () => {
  test('has the F1s that training measured, and says in words which model is better', async () => {
    const { code, stdout, stderr } = await compare(long(), short(), '--json');
    expect([code, stderr]).toEqual([0, '']);
    const found = JSON.parse(stdout) as Compared;
    const [better, worse] = [manifestOf(long()), manifestOf(short())];
    const f1 = better.metrics['test']!.entity.f1;
    const againstF1 = worse.metrics['test']!.entity.f1;
    expect(found).toMatchObject({
      model: { id: better.id, usedAs: 'test', unknownTypes: {} },
      against: { id: worse.id, usedAs: 'test', unknownTypes: {} },
      sentences: better.data['test']!.sentences,
      mode: 'default',
      average: 'micro',
      f1,
      againstF1,
      difference: f1 - againstF1,
      significant: true,
    });
    // Two epochs against eight: no chance.
    expect(found.pValue).toBeLessThan(0.001);
    expect(found.verdict).toMatch(new RegExp(`^${better.id} is better than ${worse.id} by [0-9.]+ points of F1, sig`));
  });

  test('turns round when the models change places', async () => {
    const [one, other] = [await compare(long(), short(), '--json'), await compare(short(), long(), '--json')];
    const [found, turned] = [JSON.parse(one.stdout) as Compared, JSON.parse(other.stdout) as Compared];
    expect([turned.difference, turned.pValue, turned.verdict]).toEqual([
      -found.difference,
      found.pValue,
      found.verdict,
    ]);
  });

  test('prints a text with both models, the interval and the verdict', async () => {
    const { code, stdout } = await compare(short(), long());
    const [better, worse] = [manifestOf(long()), manifestOf(short())];
    expect(code).toBe(0);
    expect(stdout).toContain(`  model       ${worse.id}   ${worse.metrics['test']!.entity.f1.toFixed(4)}\n`);
    expect(stdout).toMatch(/^ {2}difference +-0\.\d{4}, 95 % interval -0\.\d{4} to -0\.\d{4}$/m);
    expect(stdout).toMatch(/^Paired bootstrap over sentences, 10000 resamples: p < 0\.001;/m);
    expect(stdout).toContain(`\n${better.id} is better than ${worse.id} by `);
  });

  test('sees no difference between a model and itself, and warns once', async () => {
    const corpus = join(SAMPLE, 'train');
    const { stdout, stderr } = await cli(['compare', '--model', short(), '--against', short(), '--corpus', corpus]);
    expect(stdout).toMatch(/p = 1\.0;[^]*Both are the same model\.\n$/);
    expect(stderr).toMatch(/^warning: [^\n]* was trained on: [^\n]*\n$/);
  });

  test('fails with E_BUNDLE_MISSING when there is no second model', async () => {
    const { code, stdout, stderr } = await compare(short(), join(tempFolder(), 'none'));
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^tagwright: E_BUNDLE_MISSING: /);
  });

  test('fails with E_USAGE when the file is a folder', async () => {
    const args = ['compare', '--model', short(), '--against', long(), '--corpus', SAMPLE];
    expect(await cli(args)).toMatchObject({ code: 2, stdout: '' });
  });
});
