import { isMainThread } from 'node:worker_threads';

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

/** The environment for a process that we start: ours, and what it needs besides. */
export function environmentWith(extra: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  return { ...process.env, ...extra };
}
