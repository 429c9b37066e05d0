import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ObjectStore } from '../../../shared/store/object-store.ts';
import { NerError } from '../../../shared/ner-error.ts';
import { collect } from '../collect.ts';
import { codeOf } from '../error-code.ts';

const bytes = (text: string): Uint8Array => Buffer.from(text);
const text = (body: Uint8Array | undefined): string | undefined =>
  body === undefined ? undefined : Buffer.from(body).toString('utf8');

/** Keys of which none is the folder of another, with the characters around `/` in byte order. */
const keys = fc
  .uniqueArray(fc.array(fc.constantFrom('a', 'a-b', 'a.b', 'a=b', 'A', '0', 'b'), { minLength: 1, maxLength: 3 }), {
    selector: (parts) => parts.join('/'),
    maxLength: 12,
  })
  .map((all) => all.map((parts) => parts.join('/')))
  .map((all) => all.filter((key) => !all.some((other) => other.startsWith(`${key}/`))));

async function increment(store: ObjectStore, key: string): Promise<void> {
  for (;;) {
    const object = await store.get(key);
    const next = bytes(String(Number(text(object?.body) ?? '0') + 1));
    try {
      await store.put(key, next, object === undefined ? { ifNoneMatch: '*' } : { ifMatch: object.etag });
      return;
    } catch (error) {
      if (!(error instanceof NerError && error.code === 'E_STORE_CONFLICT')) throw error;
    }
  }
}

/** What every ObjectStore does. `make` gives an empty one; it is called inside tests. */
export function objectStoreConformance(name: string, make: () => Promise<ObjectStore>): void {
  describe(`${name} as an object store`, () => {
    test('gives back the bytes that were put', async () => {
      const store = await make();
      await fc.assert(
        fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (body) => {
          const { etag } = await store.put('some/key', body);
          const object = await store.get('some/key');
          expect(Buffer.from(object!.body)).toEqual(Buffer.from(body));
          expect(object).toMatchObject({ key: 'some/key', sizeBytes: body.length, etag });
          expect(await store.head('some/key')).toEqual({ key: 'some/key', sizeBytes: body.length, etag });
        }),
        { numRuns: 40 },
      );
    });

    test('gives the keys of what it lists', async () => {
      await fc.assert(
        fc.asyncProperty(keys, fc.constantFrom('', 'a', 'a/', 'a-', 'b/a'), async (all, prefix) => {
          const store = await make();
          for (const key of all) await store.put(key, bytes(key));
          const listed = (await collect(store.list(prefix))).map(({ key }) => key);
          expect(await collect(store.keys(prefix))).toEqual(listed);
          expect(listed).toEqual(all.filter((key) => key.startsWith(prefix)).sort());
        }),
        { numRuns: 15 },
      );
    });

    test('gives nothing for a key without an object', async () => {
      const store = await make();
      expect(await store.get('no/such')).toBeUndefined();
      expect(await store.head('no/such')).toBeUndefined();
      await store.put('no/such/key', bytes('x'));
      expect(await store.get('no/such')).toBeUndefined();
    });

    test('gives a range of the bytes as slice would', async () => {
      const store = await make();
      const body = bytes('0123456789');
      await store.put('k', body);
      await fc.assert(
        fc.asyncProperty(fc.nat(12), fc.nat(12), async (a, b) => {
          const [start, end] = a < b ? [a, b] : [b, a];
          const object = await store.get('k', { start, end });
          expect(text(object?.body)).toBe(text(body.slice(start, end)));
          expect(object?.sizeBytes).toBe(10);
        }),
        { numRuns: 40 },
      );
      expect(text((await store.get('k', { start: 7 }))?.body)).toBe('789');
    });

    test('has another ETag for other bytes', async () => {
      const store = await make();
      const first = await store.put('a', bytes('one'));
      const second = await store.put('a', bytes('two'));
      expect(second.etag).not.toBe(first.etag);
      expect((await store.head('a'))?.etag).toBe(second.etag);
    });

    test('puts only where there is nothing when asked to', async () => {
      const store = await make();
      await store.put('a', bytes('first'), { ifNoneMatch: '*' });
      expect(await codeOf(() => store.put('a', bytes('second'), { ifNoneMatch: '*' }))).toBe('E_STORE_CONFLICT');
      expect(text((await store.get('a'))?.body)).toBe('first');
    });

    test('puts only over the version that was read when asked to', async () => {
      const store = await make();
      const { etag } = await store.put('a', bytes('first'));
      await store.put('a', bytes('second'), { ifMatch: etag });
      expect(await codeOf(() => store.put('a', bytes('third'), { ifMatch: etag }))).toBe('E_STORE_CONFLICT');
      expect(await codeOf(() => store.put('none', bytes('third'), { ifMatch: etag }))).toBe('E_STORE_CONFLICT');
      expect(text((await store.get('a'))?.body)).toBe('second');
      expect(await store.get('none')).toBeUndefined();
    });

    test('lets exactly one of many first writers win', async () => {
      const store = await make();
      const tries = Array.from({ length: 12 }, (_, i) =>
        codeOf(() => store.put('race', bytes(`writer ${i}`), { ifNoneMatch: '*' })),
      );
      const codes = await Promise.all(tries);
      expect(codes.filter((code) => code === undefined)).toHaveLength(1);
      expect(text((await store.get('race'))?.body)).toBe(`writer ${codes.indexOf(undefined)}`);
    });

    test('loses no update of writers that compare and swap', async () => {
      const store = await make();
      await Promise.all(Array.from({ length: 8 }, () => increment(store, 'counter')));
      expect(text((await store.get('counter'))?.body)).toBe('8');
    });

    test('lists by prefix in the byte order of the keys', async () => {
      await fc.assert(
        fc.asyncProperty(keys, fc.constantFrom('', 'a', 'a/', 'a-', 'a/a', 'b/0', 'zz'), async (all, prefix) => {
          const store = await make();
          for (const key of all) await store.put(key, bytes(key));
          const expected = all.filter((key) => key.startsWith(prefix)).sort();
          const found = await collect(store.list(prefix));
          expect(found.map(({ key }) => key)).toEqual(expected);
          for (const info of found) expect(info).toEqual(await store.head(info.key));
        }),
        { numRuns: 25 },
      );
    });

    test('deletes, and has no quarrel with deleting what is not there', async () => {
      const store = await make();
      await store.put('a/b/c', bytes('x'));
      await store.delete('a/b/c');
      await store.delete('a/b/c');
      expect(await store.get('a/b/c')).toBeUndefined();
      expect(await collect(store.list(''))).toEqual([]);
      await store.put('a', bytes('a folder no more'));
      expect(text((await store.get('a'))?.body)).toBe('a folder no more');
    });

    test.each([
      '',
      '/a',
      'a/',
      'a//b',
      '.',
      '..',
      '../a',
      'a/../b',
      'a/./b',
      '.store/x',
      'a b',
      'a\\b',
      'a\0b',
      'é',
      'C:x',
    ])('fails for the key %j in every method', async (key) => {
      const store = await make();
      for (const call of [
        () => store.get(key),
        () => store.head(key),
        () => store.put(key, bytes('x')),
        () => store.delete(key),
      ]) {
        expect(await codeOf(call)).toBe('E_STORE_KEY');
      }
    });

    test('fails for a key or a part of it that is too long', async () => {
      const store = await make();
      expect(await codeOf(() => store.get('a'.repeat(256)))).toBe('E_STORE_KEY');
      expect(await codeOf(() => store.get(`${'a/'.repeat(600)}b`))).toBe('E_STORE_KEY');
    });
  });
}
