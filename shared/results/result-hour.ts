import type { ObjectStore } from '../store/object-store.ts';

/** A partition of the results: the UTC hour in which its tweets came in. */
export interface ResultHour {
  /** `YYYY-MM-DD` */
  readonly dt: string;
  /** `00` to `23` */
  readonly hr: string;
}

/** The objects of an hour, each in the order of their keys. */
export interface HourKeys {
  /** Each holds many packs. */
  readonly parquet: readonly string[];
  /** Each holds the pack that it is named after. */
  readonly ndjson: readonly string[];
}

const KEY = /^tagged\/dt=(\d{4}-\d\d-\d\d)\/hr=(\d\d)\/[^/]+\.(?:ndjson|parquet)$/;
const HOUR_MS = 60 * 60 * 1_000;

/** What the keys of all objects of the hour begin with. */
export function hourPrefix({ dt, hr }: ResultHour): string {
  return `tagged/dt=${dt}/hr=${hr}/`;
}

/** When the hour is over: tweets that come in from then on belong to a later one. */
export function hourEnd({ dt, hr }: ResultHour): Date {
  return new Date(Date.parse(`${dt}T${hr}:00:00Z`) + HOUR_MS);
}

/** The pack that an NDJSON object holds. */
export function packOfKey(key: string): string {
  return key.slice(key.lastIndexOf('/') + 1, -'.ndjson'.length);
}

/** The hour of the object under the key. */
export function hourOfKey(key: string): ResultHour {
  const [, dt, hr] = KEY.exec(key)!;
  return { dt: dt!, hr: hr! };
}

/** Every hour that has results, oldest first. */
export async function resultHours(store: ObjectStore): Promise<readonly ResultHour[]> {
  const hours = new Map<string, ResultHour>();
  for await (const key of store.keys('tagged/')) {
    const match = KEY.exec(key);
    if (match !== null) hours.set(`${match[1]} ${match[2]}`, { dt: match[1]!, hr: match[2]! });
  }
  return [...hours.values()];
}

export async function hourKeys(store: ObjectStore, hour: ResultHour): Promise<HourKeys> {
  const parquet: string[] = [];
  const ndjson: string[] = [];
  for await (const key of store.keys(hourPrefix(hour))) {
    if (KEY.test(key)) (key.endsWith('.parquet') ? parquet : ndjson).push(key);
  }
  return { parquet, ndjson };
}
