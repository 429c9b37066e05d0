import type { z } from 'zod';
import type { Problem } from '../../shared/contracts/api.ts';

const MAX_ERRORS = 20;
const MAX_CHARACTERS = 200;

/** What a schema found wrong, by JSON pointer (RFC 6901): the first few, cut short, since they may quote the body. */
export function schemaErrors(error: z.ZodError): NonNullable<Problem['errors']> {
  return error.issues.slice(0, MAX_ERRORS).map(({ path, message }) => ({
    pointer: path.map((key) => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`).join(''),
    detail: message.slice(0, MAX_CHARACTERS),
  }));
}
