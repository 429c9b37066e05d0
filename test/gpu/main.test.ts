import { expect, test } from 'vitest';
import { whyNoCuda } from '../../shared/ort/device.ts';
import { childResult, startChild } from '../support/run-child.ts';

test('test:gpu says plainly that nothing was tested where there is no GPU', async () => {
  const reason = await whyNoCuda();
  // A machine with a GPU: there the script itself is the test, and takes minutes.
  if (reason === undefined) return;
  const { stdout, stderr, code } = await childResult(startChild(new URL('main.ts', import.meta.url), []));
  expect({ stdout: JSON.parse(stdout) as unknown, stderr, code }).toEqual({
    stdout: { tested: false, reason },
    stderr: `no CUDA GPU here: nothing was tested (${reason})\n`,
    code: 0,
  });
});
