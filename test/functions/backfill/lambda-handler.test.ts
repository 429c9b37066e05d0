import { describe, expect, test } from 'vitest';
import { createBackfillLambda } from '../../../functions/backfill/lambda-handler.ts';
import type { FunctionLog } from '../../../functions/lambda/function-log.ts';
import { loggedError } from '../../../functions/lambda/logged-error.ts';
import type { ObjectStore } from '../../../shared/store/object-store.ts';
import { collect } from '../../support/collect.ts';
import { Died, dyingStore } from '../../support/dying-store.ts';
import { codeOf } from '../../support/error-code.ts';
import { HOSTILE_TEXTS } from '../../support/hostile-texts.ts';
import { openStore } from '../../support/open-store.ts';
import { plainTagger } from '../../support/plain-tagger.ts';

const KEY = 'backfill/y2020/input/01/tweets.ndjson';
const clock = (): Date => new Date('2026-03-04T05:06:07.000Z');

function bench(store: ObjectStore, current: string | null = plainTagger.modelId) {
  const lines: string[] = [];
  const log: FunctionLog = {
    info: (...said) => lines.push(JSON.stringify(said)),
    warn: (...said) => lines.push(JSON.stringify(said)),
    error: (message, error, facts) => lines.push(JSON.stringify([message, loggedError(error), facts])),
  };
  const counted: [string, number][] = [];
  const metrics = { add: (name: string, count: number) => void counted.push([name, count]), publish: () => undefined };
  const pointer = { modelId: current!, prefix: '', promotedAt: '', previous: null };
  const registry = { current: async () => (current === null ? undefined : { pointer, etag: '1' }) };
  const lambda = createBackfillLambda({ store, registry, taggerOf: async () => plainTagger, clock, log, metrics });
  return { lambda, lines, counted };
}

const event = (...keys: readonly string[]) => ({
  BatchInput: { run: 'y2020' },
  Items: keys.map((Key) => ({ Key, Size: 1, Etag: 'x', LastModified: 1, StorageClass: 'STANDARD' })),
});

describe("the backfill's function", () => {
  test('tags the objects of a call with the model that was current when the run began', async () => {
    const { store } = openStore();
    await store.put(KEY, Buffer.from('{"id":"1","text":"hello Anna"}\n{"id":"2","text":"Bob"}\n'));
    const { lambda, counted } = bench(store);
    const counts = await lambda(event(KEY, 'backfill/y2020/input/01/'));
    expect(counts).toEqual({ inputs: 1, unreadable: 0, tagged: 2, repeats: 0, quarantined: 0 });
    expect(counted).toContainEqual(['TweetsTagged', 2]);
    const later = bench(store, 'f'.repeat(16));
    expect(await later.lambda(event(KEY))).toEqual(counts);
    expect((await collect(store.keys('backfill/y2020/tagged/'))).length).toBe(1);
  });

  test('never logs what a tweet says, nor its id or author, whatever becomes of it', async () => {
    const { store } = openStore();
    const texts = [...Object.values(HOSTILE_TEXTS), 'poison', 'plain secret words'].filter(
      (text) => text.length < 4_000,
    );
    const lines = texts.map((text, i) => JSON.stringify({ id: `secret-${i}`, text, author: 'secret-author' }));
    await store.put(KEY, Buffer.from([...lines, '{"id":"secret-bad","text":', 'secret text'].join('\n')));
    const runs = [bench(store), bench(dyingStore(store, 5)), bench(store, null)];
    for (const { lambda } of runs) {
      await lambda(event(KEY)).catch((error: unknown) => {
        if (!(error instanceof Died)) throw error;
      });
    }
    const said = runs.flatMap((run) => run.lines).join('\n');
    expect(said).toContain('y2020');
    for (const secret of ['secret', 'Anna', 'poison']) expect(said).not.toContain(secret);
  });

  test('fails for a call that is none, and where no model was promoted', async () => {
    const { store } = openStore();
    await store.put(KEY, Buffer.from('x'));
    for (const wrong of [
      undefined,
      {},
      event(),
      event('models/current.json'),
      { ...event(KEY), BatchInput: { run: 'x' } },
    ]) {
      expect(await codeOf(() => bench(store).lambda(wrong))).toBe('E_BACKFILL_RUN');
    }
    expect(await codeOf(() => bench(store, null).lambda(event(KEY)))).toBe('E_NOT_READY');
  });
});
