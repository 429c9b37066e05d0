import { test } from 'vitest';

/** Where an emulator is known to do other than the platform it stands for. */
export interface Deviation {
  /** Which emulator does what; part of the test's name. */
  readonly because: string;
  /** Shows the same in another way, or what the emulator does, so that one notices when it is mended. */
  readonly instead: () => Promise<void>;
}

/** A test of a conformance suite that an adapter under test may have to pass in another way. */
export function testOrDeviation(name: string, deviation: Deviation | undefined, body: () => Promise<void>): void {
  if (deviation === undefined) test(name, body);
  else test(`${name} (${deviation.because})`, deviation.instead);
}
