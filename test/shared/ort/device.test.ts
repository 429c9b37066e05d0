import { expect, test } from 'vitest';
import { CUDA_INSTALL_COMMAND, requireDevice, whyNoCuda } from '../../../shared/ort/device.ts';
import { createSession } from '../../../shared/ort/session.ts';
import { affineModel, modelBytes } from '../../support/tiny-graph.ts';

test('the CPU is always there', async () => {
  await expect(requireDevice('cpu')).resolves.toBeUndefined();
});

test('a graph for a GPU that is not there fails with the reason and what to do, and runs nowhere else', async () => {
  const why = await whyNoCuda();
  const session = createSession(modelBytes(affineModel()), { device: 'cuda' });
  if (why === undefined) {
    // A machine with a GPU: then the graph runs on it.
    await (await session).release();
    return;
  }
  await expect(session).rejects.toMatchObject({
    code: 'E_DEVICE_UNAVAILABLE',
    message: `device cuda: ${why} Or use --device cpu.`,
  });
  const expected =
    process.platform === 'linux' && process.arch === 'x64'
      ? [CUDA_INSTALL_COMMAND, 'It needs an NVIDIA GPU with its driver']
      : ['has CUDA libraries for linux/x64 only'];
  expect(expected.some((part) => why.includes(part))).toBe(true);
});

test('a machine is asked once, however often it is needed', async () => {
  const [first, second] = await Promise.all([whyNoCuda(), whyNoCuda()]);
  expect(second).toBe(first);
});
