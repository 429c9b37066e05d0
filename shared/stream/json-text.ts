/** In place of a value that nests thousands deep: JSON can be read so, but not written. */
const TOO_DEEP = '"nested too deep to be kept"';

/** JSON of a value that came in as such; never throws, whatever it is. */
export function jsonText(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return TOO_DEEP;
  }
}
