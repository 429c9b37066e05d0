import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createApp, type Api } from '../../../functions/api/app.ts';
import { createDirectTrends } from '../../../functions/trends/direct-trends.ts';
import { mergesResponseSchema, trendDetailSchema, trendsResponseSchema } from '../../../shared/contracts/trends.ts';
import { TrendStore } from '../../../shared/trends/trend-store.ts';
import { createApiHost } from '../../support/api-host.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { trendRecord } from '../../support/trend-records.ts';

const AT = Date.parse('2026-11-20T12:00:00Z');

function openApi(): Api {
  const store = new TrendStore({ path: join(tempFolder(), 'trends.sqlite'), clock: () => new Date(AT) });
  onTestFinished(() => {
    store.close();
  });
  store.add(
    'a',
    ['Barack Obama', 'Barack Obama', 'Barack Obama', 'Barack Obama', 'Barack Obama', 'Barak Obama'].map((text, i) =>
      trendRecord({ id: String(i), at: AT + i, author: `user${i}`, names: [{ type: 'person', text }] }),
    ),
  );
  store.findVariants();
  return createApp(createApiHost({ trends: createDirectTrends(store) }).deps);
}

async function json(api: Api, path: string): Promise<unknown> {
  const response = await api.request(path);
  expect(response.status).toBe(200);
  return response.json();
}

function post(api: Api, body: unknown): Response | Promise<Response> {
  return api.request('/v1/merges', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

describe('GET /v1/trends', () => {
  test('lists names with what is asked for', async () => {
    const answer = trendsResponseSchema.parse(
      await json(openApi(), '/v1/trends?window=10m&order=count&q=obama&limit=5'),
    );
    expect(answer).toMatchObject({ window: '10m', order: 'count', tweets: 6 });
    expect(answer.trends).toMatchObject([{ key: 'person:barack obama', tweets: 6, authors: 6, merged: 1 }]);
  });

  test.each([
    ['window=2h', '/window'],
    ['order=best', '/order'],
    ['limit=0', '/limit'],
    ['limit=many', '/limit'],
    ['until=tomorrow', '/until'],
    ['wndow=1h', ''],
  ])('fails on %s, and says where', async (query, pointer) => {
    const response = await openApi().request(`/v1/trends?${query}`);
    expect(response.status).toBe(422);
    const problem = (await response.json()) as { code: string; detail: string };
    expect(problem.code).toBe('E_REQUEST_INVALID');
    expect(problem.detail).toContain(`invalid at '${pointer}'`);
  });
});

describe('GET /v1/trends/{key}', () => {
  test('tells of a name, and of the name that a merged spelling counts as', async () => {
    const api = openApi();
    for (const key of ['person:barack obama', 'person:barak obama']) {
      const detail = trendDetailSchema.parse(await json(api, `/v1/trends/${encodeURIComponent(key)}?window=1d`));
      expect(detail.trend.key).toBe('person:barack obama');
      expect(detail.variants.map(({ reason }) => reason)).toEqual([null, 'spelling']);
    }
  });

  test('fails on a name that is not counted', async () => {
    const response = await openApi().request('/v1/trends/person%3Anobody');
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ code: 'E_TREND_UNKNOWN' });
  });
});

describe('merges', () => {
  test('are listed, undone and pinned', async () => {
    const api = openApi();
    const merge = { type: 'person', form: 'barak obama', into: 'barack obama', reason: 'spelling' };
    const states = async (): Promise<readonly string[]> =>
      mergesResponseSchema.parse(await json(api, '/v1/merges')).merges.map(({ state }) => state);
    expect(mergesResponseSchema.parse(await json(api, '/v1/merges')).merges).toMatchObject([
      { ...merge, state: 'auto' },
    ]);
    const undone = await post(api, { action: 'undo', type: 'person', form: 'barak obama' });
    expect(await undone.json()).toMatchObject({ ...merge, state: 'undone' });
    expect(await states()).toEqual(['undone']);
    expect(
      trendsResponseSchema.parse(await json(api, '/v1/trends?order=count')).trends.map(({ tweets }) => tweets),
    ).toEqual([5, 1]);
    await post(api, { action: 'pin', type: 'person', form: 'barak obama', into: 'barack obama' });
    expect(await states()).toEqual(['pinned']);
  });

  test.each([
    [{ action: 'undo', type: 'person', form: 'nobody' }, 404, 'E_MERGE_UNKNOWN'],
    [{ action: 'pin', type: 'person', form: 'barak obama', into: 'nobody' }, 404, 'E_MERGE_UNKNOWN'],
    [{ action: 'pin', type: 'person', form: 'barak obama', into: 'barak obama' }, 404, 'E_MERGE_UNKNOWN'],
    [{ action: 'pin', type: 'person', form: 'barak obama' }, 422, 'E_REQUEST_INVALID'],
    [{ action: 'forget' }, 422, 'E_REQUEST_INVALID'],
  ])('fails on %j', async (body, status, code) => {
    const response = await post(openApi(), body);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ code });
  });
});
