import { expect, test } from 'vitest';
import { codesOf, loggedError } from '../../../functions/lambda/logged-error.ts';
import { NerError } from '../../../shared/ner-error.ts';

const SECRET = 'Ann Lee is in Lisbon';

function thrownBy(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  return undefined;
}

test.each([
  ['what JSON.parse says of a tweet', thrownBy(() => JSON.parse(SECRET))],
  ['an error that nobody knows', new Error(`bad: ${SECRET}`)],
  ['a tweet that is refused', new NerError('E_TWEET_MALFORMED', `tweet: ${SECRET}`)],
  ['a message over two lines', new Error(`bad:\n    at ${SECRET}`.replace('    at', 'at'))],
  ['what is no error', SECRET],
])('%s is logged without a word of it', (_, error) => {
  expect(JSON.stringify(loggedError(error))).not.toContain('Lisbon');
});

test('an error about the platform keeps its message', () => {
  const error = new NerError('E_STORE_CONFLICT', 'put: models/current.json was changed.');
  expect(loggedError(error)).toEqual({ code: 'E_STORE_CONFLICT', message: 'put: models/current.json was changed.' });
});

test('an unknown error tells where it was thrown', () => {
  expect(loggedError(new TypeError('x')).frames).toContain('logged-error.test.ts');
});

test('of reasons only the codes are told, each once', () => {
  expect(codesOf([`E_GRAPH_RUN: ${SECRET}`, SECRET, 'E_GRAPH_RUN: other'])).toEqual(['E_GRAPH_RUN', 'E_INTERNAL']);
});
