import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { problemBody } from '../../functions/api/problem.ts';
import { ERROR_CODES } from '../../shared/ner-error.ts';

const page = readFileSync(new URL('../../docs/errors.md', import.meta.url), 'utf8');

/** The section of a code, up to the next heading. */
function sectionOf(code: string): string {
  return page.split(`### \`${code}\`\n`)[1]?.split(/^#/m)[0] ?? '';
}

test.each(ERROR_CODES)('docs/errors.md has for %s the status that the API answers, and an example', (code) => {
  const { status } = problemBody({ code, detail: '', requestId: '' });
  const section = sectionOf(code);
  // What the API does not know by name is E_INTERNAL to a caller.
  const expected = status === 500 && code !== 'E_INTERNAL' ? undefined : String(status);
  expect(/^- \*\*HTTP:\*\* (\d+)$/m.exec(section)?.[1]).toBe(expected);
  expect(section).toMatch(/^- \*\*When:\*\* .*^- \*\*Do:\*\* .*^```text\n.+\n```$/ms);
});
