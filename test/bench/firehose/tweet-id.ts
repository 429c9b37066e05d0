/** Ids as tweets have them: 19 digits that rise with time. The last ten are the number. */
const STEM = '190000000';
const DIGITS = 10;

export function tweetId(number: number): string {
  return STEM + String(number).padStart(DIGITS, '0');
}

/** @returns NaN for an id that is none of ours */
export function numberOfId(id: string): number {
  return id.startsWith(STEM) ? Number(id.slice(STEM.length)) : NaN;
}
