import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { cli, startCli } from '../support/cli.ts';
import { childResult, type ChildResult } from '../support/run-child.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { untilFolder } from '../support/until-folder.ts';

/** A folder with a corpus `corpus` and a space `space.json` of fast trials. */
function workFolder(): string {
  const folder = tempFolder();
  const corpus = join(folder, 'corpus');
  mkdirSync(corpus);
  const sentences = (names: readonly string[]): string =>
    names.map((name) => `${name}\tB-person\nis\tO\nhere\tO\n\nrain\tO\nfor ${name.length}\tO\n\n`).join('');
  writeFileSync(join(corpus, 'train'), sentences(['Ada', 'Grace', 'Alan', 'Edsger', 'Barbara', 'Tim']));
  writeFileSync(join(corpus, 'dev'), sentences(['Donald', 'Kurt', 'John']));
  writeFileSync(
    join(folder, 'space.json'),
    '{"train.learningRate": {"log": [0.001, 0.1]}, "model.width": {"choice": [4, 8]}}',
  );
  return folder;
}

const tuneArgs = (out: string, ...more: readonly string[]): string[] => [
  ...['tune', '--corpus', 'corpus', '--space', 'space.json', '--out', out, '--max-epochs', '3'],
  ...['--set', 'model.characterFilters=4', '--set', 'train.batchSize=4', ...more],
];

const logOf = (cwd: string, out: string): string => readFileSync(join(cwd, `${out}.tune`, 'trials.jsonl'), 'utf8');

const hasRound = (cwd: string, out: string): boolean => {
  try {
    return logOf(cwd, out).split('\n').length > 2;
  } catch {
    return false;
  }
};

/** Ends a search by a signal as soon as its first round is over. */
async function endAtRound(cwd: string, out: string, signal: NodeJS.Signals): Promise<ChildResult> {
  mkdirSync(join(cwd, `${out}.tune`));
  const child = startCli(tuneArgs(out), { cwd });
  const ended = childResult(child);
  await untilFolder(join(cwd, `${out}.tune`), () => hasRound(cwd, out));
  child.kill(signal);
  return ended;
}

describe('tagwright tune', () => {
  test('prints the trials, and writes settings that train takes', { timeout: 120_000 }, async () => {
    const cwd = workFolder();
    const { code, stdout, stderr } = await cli(tuneArgs('found'), { cwd });
    expect(code).toBe(0);
    const [head, ...rows] = stdout.trimEnd().split('\n');
    expect(head).toMatch(/^trial +dev F1 +epochs +train\.learningRate +model\.width$/);
    // Three trials of an epoch and two of three; the best of the three goes on.
    expect(rows).toHaveLength(5);
    expect(stderr).toContain('search   6 rounds, 11 epochs in all\nround 1/6  trial 1, epochs 1 to 1: ');
    expect(stderr).toMatch(/^found {4}\S+found: tune\.html, trials\.csv/m);
    expect(readFileSync(join(cwd, 'found', 'trials.csv'), 'utf8').split('\r\n')).toHaveLength(7);
    const trained = await cli(['train', '--corpus', 'corpus', '--config', 'found/best.json', '--out', 'model'], {
      cwd,
    });
    expect(trained).toMatchObject({ code: 0 });
    const best = JSON.parse(readFileSync(join(cwd, 'found', 'best.json'), 'utf8')) as unknown;
    expect(JSON.parse(readFileSync(join(cwd, 'model.run', 'config.json'), 'utf8'))).toEqual(best);
  });

  test('killed or interrupted, it goes on with --resume to the same end', { timeout: 120_000 }, async () => {
    const cwd = workFolder();
    expect(await cli(tuneArgs('whole'), { cwd })).toMatchObject({ code: 0 });
    const interrupted = await endAtRound(cwd, 'a', 'SIGINT');
    expect(interrupted).toMatchObject({ code: 1, stdout: '' });
    expect(interrupted.stderr).toMatch(/interrupted by SIGINT after \d whole rounds; go on with .* --resume\n$/);
    expect(await endAtRound(cwd, 'b', 'SIGKILL')).toMatchObject({ signal: 'SIGKILL', stdout: '' });
    for (const out of ['a', 'b']) {
      const { code, stderr } = await cli(tuneArgs(out, '--resume'), { cwd });
      expect(code).toBe(0);
      expect(stderr).toMatch(/^resumed {2}after round \d$/m);
      expect(logOf(cwd, out)).toBe(logOf(cwd, 'whole'));
    }
    const other = await cli(tuneArgs('a', '--resume', '--seed', '7'), { cwd });
    expect(other.code).toBe(1);
    expect(other.stderr).toMatch(/^tagwright: E_CHECKPOINT_MISMATCH: /m);
  });
});
