import type { Alarm, AlarmCode } from '../../shared/contracts/api.ts';

/** What needs an operator at the moment, one alarm a code. */
export interface Alarms {
  /** Raised again it keeps its time and tells the newer detail. */
  raise(code: AlarmCode, detail: string): void;
  clear(code: AlarmCode): void;
  /** Raises or clears, as the condition says. */
  set(code: AlarmCode, holds: boolean, detail: string): void;
  /** The oldest first. */
  active(): readonly Alarm[];
}

export function createAlarms(clock: () => Date): Alarms {
  const alarms = new Map<AlarmCode, Alarm>();
  const raise = (code: AlarmCode, detail: string): void => {
    alarms.set(code, { code, detail, since: alarms.get(code)?.since ?? clock().toISOString() });
  };
  const clear = (code: AlarmCode): void => {
    alarms.delete(code);
  };
  return {
    raise,
    clear,
    set: (code, holds, detail) => {
      if (holds) raise(code, detail);
      else clear(code);
    },
    active: () => [...alarms.values()],
  };
}
