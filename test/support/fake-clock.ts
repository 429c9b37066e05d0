/** A clock that stands still until it is told to go on. */
export interface FakeClock {
  (): Date;
  advance(ms: number): void;
}

export function createFakeClock(start = '2026-03-04T05:06:07.000Z'): FakeClock {
  let now = Date.parse(start);
  return Object.assign(() => new Date(now), {
    advance: (ms: number) => {
      now += ms;
    },
  });
}
