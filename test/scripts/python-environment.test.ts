import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ensurePythonEnvironment } from '../../scripts/python-environment.mjs';
import { tempFolder } from '../support/temp-folder.ts';

const hasPython =
  spawnSync('python3', ['-c', 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))']).status === 0;

function environment(requirements: string, { cache = tempFolder(), check = '' } = {}) {
  const file = join(tempFolder(), 'requirements.txt');
  writeFileSync(file, requirements);
  const said: string[] = [];
  const say = (line: string): number => said.push(line);
  return { ...ensurePythonEnvironment({ requirements: file, cache, check, say }), said };
}

describe('ensurePythonEnvironment', () => {
  test('says so where there is no Python', () => {
    const { missing } = ensurePythonEnvironment({ basePython: 'no-such-python', cache: tempFolder() });
    expect(missing).toMatch(/^Python 3 is missing: .*no-such-python/);
  });

  describe.skipIf(!hasPython)('with Python 3.11 or newer', () => {
    test('makes an environment, takes it again, and makes it anew when it is broken', { timeout: 120_000 }, () => {
      const cache = tempFolder();
      const made = environment('# nothing', { cache });
      expect(spawnSync(made.python!, ['-c', 'print(6 * 7)'], { encoding: 'utf8' }).stdout.trim()).toBe('42');
      expect(made.said[0]).toContain('installing');
      const again = environment('# nothing', { cache });
      expect([again.python, again.said.length]).toEqual([made.python, 1]);
      rmSync(made.python!);
      const anew = environment('# nothing', { cache });
      expect([anew.python, anew.said[0]]).toEqual([made.python, made.said[0]]);
      expect(dirname(dirname(dirname(anew.python!)))).toBe(cache);
    });

    test('says why packages could not be installed', { timeout: 120_000 }, () => {
      const { missing } = environment('--no-index\nno-such-package==1.0\n');
      expect(missing).toMatch(/^pip could not install the packages: .*no-such-package==1.0/);
    });

    test('says why what was installed does not work', { timeout: 120_000 }, () => {
      const { missing } = environment('# nothing', { check: 'import no_such_module' });
      expect(missing).toMatch(/^the installed packages do not work: .*no_such_module/);
    });
  });
});
