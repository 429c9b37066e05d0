import { expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { readEnvironment } from '../../shared/env.ts';
import { codeOf } from '../support/error-code.ts';

function setVariables(variables: Readonly<Record<string, string>>): void {
  Object.assign(process.env, variables);
  onTestFinished(() => {
    for (const name of Object.keys(variables)) Reflect.deleteProperty(process.env, name);
  });
}

const schema = z.object({
  TAGWRIGHT_TEST_BUCKET: z.string().min(3),
  TAGWRIGHT_TEST_SECONDS: z.coerce.number().int(),
  TAGWRIGHT_TEST_KEY: z.string().optional(),
});

test('gives the variables as the schema has them, empty ones as unset', () => {
  setVariables({ TAGWRIGHT_TEST_BUCKET: 'lake', TAGWRIGHT_TEST_SECONDS: '30', TAGWRIGHT_TEST_KEY: '' });
  expect(readEnvironment(schema)).toEqual({ TAGWRIGHT_TEST_BUCKET: 'lake', TAGWRIGHT_TEST_SECONDS: 30 });
});

test('fails with E_ENVIRONMENT when variables are wrong, and names each', async () => {
  setVariables({ TAGWRIGHT_TEST_SECONDS: 'soon' });
  expect(await codeOf(() => readEnvironment(schema))).toBe('E_ENVIRONMENT');
  expect(() => readEnvironment(schema)).toThrow(/TAGWRIGHT_TEST_BUCKET.*TAGWRIGHT_TEST_SECONDS/);
});
