import { isMainThread } from 'node:worker_threads';
import type { z } from 'zod';
import { NerError } from './ner-error.ts';

/**
 * The one place that reads the process environment. Imported before anything else in every process that runs graphs.
 *
 * onnxruntime >= 1.29 ships a telemetry uploader that is on by default and is read once, when the library initialises,
 * so the variable is set here, on import, and shared/ort imports this file first.
 *
 * A worker thread has a copy of the environment that native code does not see, so there the variable counts only if
 * whoever started the thread had imported this file: then the copy has it already.
 */
export const telemetryOff = isMainThread || process.env['ORT_DISABLE_TELEMETRY'] === '1';
process.env['ORT_DISABLE_TELEMETRY'] = '1';

/** The environment variable, or undefined when it is unset or empty. */
export function readEnv(name: string): string | undefined {
  const value = process.env[name];
  return value === undefined || value === '' ? undefined : value;
}

/**
 * The environment as a function's schema in shared/contracts/environment.ts has it; variables that are empty are unset.
 *
 * @throws {E_ENVIRONMENT} naming each variable that is wrong
 */
export function readEnvironment<T extends z.ZodType>(schema: T): z.output<T> {
  const set = Object.entries(process.env).filter(([, value]) => value !== '');
  const parsed = schema.safeParse(Object.fromEntries(set));
  if (parsed.success) return parsed.data;
  const wrong = parsed.error.issues.map(({ path, message }) => [...path.map(String), message].join(': ')).join('; ');
  throw new NerError(
    'E_ENVIRONMENT',
    `environment: ${wrong}. Deploy the function again, or set what shared/contracts/environment.ts says.`,
  );
}

/** The environment for a process that we start: ours, and what it needs besides. */
export function environmentWith(extra: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  return { ...process.env, ...extra };
}
