import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { FUNCTION_NAMES } from '../../infra/stages.ts';
import { tempFolder } from '../support/temp-folder.ts';

const root = join(import.meta.dirname, '..', '..');

/** `cdk ARGS` as in a shell that knows neither account nor region nor credentials. */
function cdk(...args: string[]): { readonly status: number | null; readonly said: string } {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(root, 'node_modules/aws-cdk/bin/cdk'), ...args],
    {
      cwd: root,
      encoding: 'utf8',
      env: {
        PATH: process.env['PATH'],
        HOME: tempFolder(),
        AWS_EC2_METADATA_DISABLED: 'true',
        CDK_DISABLE_VERSION_CHECK: '1',
      },
    },
  );
  return { status, said: stdout + stderr };
}

function bundles(): string {
  const folder = tempFolder();
  for (const name of FUNCTION_NAMES) {
    mkdirSync(join(folder, name));
    writeFileSync(join(folder, name, 'index.mjs'), 'export const handler = async () => {};\n');
  }
  return folder;
}

function image(): string {
  const folder = tempFolder();
  writeFileSync(join(folder, 'Dockerfile'), 'FROM scratch\n');
  return folder;
}

describe('cdk synth', { timeout: 120_000 }, () => {
  test.each(['dev', 'prod'])('writes the templates of %s without Docker, network or credentials', (stage) => {
    const out = tempFolder();
    const built = ['-c', `bundles=${bundles()}`, '-c', `trainer=${image()}`];
    const { status, said } = cdk('synth', '--quiet', '-c', `stage=${stage}`, ...built, '-o', out);
    expect([status, said]).toEqual([0, expect.any(String)]);
    const parts = ['Data', 'Serving', 'Training', 'Watch'];
    expect(
      readdirSync(out)
        .filter((name) => name.endsWith('.template.json'))
        .sort(),
    ).toEqual(parts.map((part) => `Tagwright-${stage}-${part}.template.json`));
    expect(existsSync(join(out, 'validation-report.json'))).toBe(true);
  });

  test('fails for a stage that is not there, and names those that are', () => {
    const { status, said } = cdk('synth', '--quiet', '-c', 'stage=nowhere', '-o', tempFolder());
    expect([status, said]).toEqual([1, expect.stringContaining('expected one of dev, prod')]);
  });
});
