import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openPack } from '../../functions/tagger/open-pack.ts';
import { backfillEventSchema } from '../../shared/contracts/backfill.ts';
import { datasetManifestSchema } from '../../shared/contracts/dataset.ts';
import { busEventSchema } from '../../shared/contracts/events.ts';
import { modelSignatureSchema } from '../../shared/contracts/promotion.ts';
import { NerError } from '../../shared/ner-error.ts';
import { parseTweets } from '../../shared/stream/parse-tweets.ts';
import { HOSTILE_JSON } from '../support/hostile-json.ts';

const rows = Object.entries(HOSTILE_JSON).map(([name, json]) => ({ name, json }));

function unpolluted(): void {
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
}

describe('hostile JSON', () => {
  test.each(rows)('$name: a pack refuses it, and lets the tweets beside it through', ({ json }) => {
    const opened = openPack(`{"v":1,"receivedAt":"2026-03-04T05:06:07Z","tweets":[{"id":"good","text":"x"},${json}]}`);
    expect(opened.tweets.length + opened.bad.length).toBeGreaterThan(0);
    if (opened.resultKey !== undefined) expect(opened.tweets[0]).toEqual({ id: 'good', text: 'x' });
    for (const tweet of opened.tweets) expect(Object.keys(tweet).sort()).toEqual(['id', 'text']);
    unpolluted();
  });

  test.each(rows)('$name: a body is refused as a whole', ({ json }) => {
    expect(openPack(json)).toMatchObject({ tweets: [], bad: [{ code: 'E_QUEUE_MESSAGE' }] });
  });

  test.each(rows)('$name: lines and arrays of tweets name it, or refuse the array', ({ json }) => {
    for (const format of ['ndjson', 'json'] as const) {
      const body = format === 'json' ? `[{"id":"good","text":"x"},${json}]` : `{"id":"good","text":"x"}\n${json}\n`;
      try {
        const { tweets, rejected } = parseTweets(Buffer.from(body), { name: 'x', format });
        expect(tweets[0]).toEqual({ id: 'good', text: 'x' });
        expect(tweets.length + rejected.length).toBe(2);
      } catch (error) {
        expect(error).toBeInstanceOf(NerError);
      }
    }
    unpolluted();
  });

  test.each(rows)('$name: contracts of events, manifests and signatures refuse it', ({ json }) => {
    let value: unknown;
    try {
      value = JSON.parse(json);
    } catch {
      return;
    }
    for (const schema of [busEventSchema, datasetManifestSchema, backfillEventSchema, modelSignatureSchema]) {
      expect(schema.safeParse(value).success).toBe(false);
    }
    unpolluted();
  });

  test('contracts refuse, and never throw, whatever JSON comes', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
        for (const schema of [busEventSchema, datasetManifestSchema, backfillEventSchema, modelSignatureSchema]) {
          expect(schema.safeParse(value).success).toBe(false);
        }
        expect(openPack(JSON.stringify(value)).tweets).toEqual([]);
      }),
    );
  });

  test('a manifest with a path that leaves its folder is refused', () => {
    const file = { split: 'train', sizeBytes: 1, sha256: 'a'.repeat(64), sentences: 1, tokens: 1 };
    const manifest = {
      format: 'tagwright-dataset',
      formatVersion: 1,
      name: 'a',
      version: 'a'.repeat(16),
      types: ['x'],
    };
    const parse = (path: string) =>
      datasetManifestSchema.safeParse({ ...manifest, files: [{ ...file, path }] }).success;
    expect(parse('train.conll')).toBe(true);
    for (const path of ['../train', '/etc/passwd', 'a/b', '.hidden', 'a\\b', 'a\u0000b', '', 'a\n'])
      expect(parse(path)).toBe(false);
  });

  test('a call of the backfill reaches no object outside its run', () => {
    const parse = (run: string, Key: string) =>
      backfillEventSchema.safeParse({ BatchInput: { run }, Items: [{ Key, Size: 1 }] }).success;
    expect(parse('a', 'backfill/a/input/b.gz')).toBe(true);
    for (const key of [
      'models/current.json',
      'backfill/b/input/c',
      'backfill/a/tagged/x',
      'backfill/a/input',
      '/backfill/a/input/b',
    ]) {
      expect(parse('a', key)).toBe(false);
    }
    for (const run of ['', '..', 'a/../b', 'a/b']) expect(parse(run, `backfill/${run}/input/x`)).toBe(false);
  });
});
