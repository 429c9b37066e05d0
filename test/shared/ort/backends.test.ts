import { expect, test } from 'vitest';
import { ortBackends } from '../../../shared/ort/backends.ts';

test('the cpu is among the backends and comes with onnxruntime', () => {
  expect(ortBackends()).toContainEqual({ name: 'cpu', bundled: true });
});
