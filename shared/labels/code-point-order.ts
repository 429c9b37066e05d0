/**
 * Compares two strings by code points, as Python's `sorted` does. JavaScript's own order goes by UTF-16 units and puts
 * astral characters before U+E000; label indices must not depend on which of the two made them.
 */
export function compareCodePoints(a: string, b: string): number {
  const left = Array.from(a);
  const right = Array.from(b);
  const shared = Math.min(left.length, right.length);
  for (let i = 0; i < shared; i++) {
    const difference = left[i]!.codePointAt(0)! - right[i]!.codePointAt(0)!;
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}
