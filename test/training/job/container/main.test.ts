import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { describe, expect, onTestFinished, test } from 'vitest';
import { ML_ROOT_VARIABLE } from '../../../../shared/contracts/training-job.ts';
import { TRAINER_COMMAND } from '../../../../shared/jobs/trainer-process.ts';
import { childResult } from '../../../support/run-child.ts';
import { type SmallMlTree, tinyHyperparameters, writeSmallMlTree } from '../../../support/small-ml-tree.ts';
import { tempFolder } from '../../../support/temp-folder.ts';
import type { MlTree } from '../../../../shared/jobs/ml-tree.ts';

/** The entry as the platform starts it, over a new tree. */
async function start(tree?: SmallMlTree): Promise<{ readonly child: ChildProcess; readonly paths: MlTree }> {
  const root = tempFolder();
  const paths = await writeSmallMlTree(root, tree);
  const [program, ...args] = TRAINER_COMMAND;
  const child = spawn(program!, [...args, 'train'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, [ML_ROOT_VARIABLE]: root },
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  return { child, paths };
}

describe('the entry of the training container', () => {
  test('ends with 0 and a model', async () => {
    const { child, paths } = await start();
    const { code, stdout, stderr } = await childResult(child);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^model: [0-9a-f]{16}$/m);
    expect(existsSync(paths.model)).toBe(true);
  });

  test('ends with 1 and the reason for a job that cannot be', async () => {
    const { child, paths } = await start({ hyperparameters: { learning_rate: '1' } });
    expect((await childResult(child)).code).toBe(1);
    expect(readFileSync(paths.failure, 'utf8')).toMatch(/^E_HYPERPARAMETER: hyperparameters\.json: learning_rate: /);
  });

  test('ends with 0 at SIGTERM, with a checkpoint and without a model', async () => {
    const { child, paths } = await start({ hyperparameters: { ...tinyHyperparameters, epochs: '100000' } });
    createInterface({ input: child.stdout! }).on('line', (line) => {
      if (line.startsWith('train_epoch=1;')) child.kill('SIGTERM');
    });
    const { code, signal } = await childResult(child);
    expect([code, signal, existsSync(paths.model), existsSync(paths.failure)]).toEqual([0, null, false, false]);
    expect(readdirSync(paths.checkpoints).some((name) => name.endsWith('.safetensors'))).toBe(true);
  });
});
