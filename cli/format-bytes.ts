const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

/** A size in bytes for people: three digits or so, in powers of 1,000. */
export function formatBytes(sizeBytes: number): string {
  let value = sizeBytes;
  let unit = 0;
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${value < 9.95 && unit > 0 ? value.toFixed(1) : value.toFixed(0)} ${UNITS[unit]!}`;
}
