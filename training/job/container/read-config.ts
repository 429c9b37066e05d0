import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type { z } from 'zod';
import { NerError } from '../../../shared/ner-error.ts';

/**
 * A file of `input/config` by its schema; one that the platform left out is an empty object.
 *
 * @throws {E_TRAINING_INPUT} it is not JSON, or not what the schema says
 */
export async function readConfig<T extends z.ZodType>(file: string, schema: T): Promise<z.output<T>> {
  const parsed = schema.safeParse(parseJson(file, await readText(file)));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = issue!.path.map(String).join('.');
  throw wrong(file, `${where === '' ? 'it' : where} is not as the platform writes it: ${issue!.message}`);
}

function parseJson(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw wrong(file, 'it is not JSON', cause);
  }
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '{}';
    throw error;
  }
}

function wrong(file: string, what: string, cause?: unknown): NerError {
  return new NerError('E_TRAINING_INPUT', `${basename(file)}: ${what}. Make the tree as SageMaker does.`, { cause });
}
