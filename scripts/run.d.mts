interface LockedPackage {
  readonly version: string;
  readonly optional?: boolean;
  readonly dev?: boolean;
}
interface Lock {
  readonly packages: Readonly<Record<string, LockedPackage>>;
}
export function firstDifference(lock: Lock, installed: Lock, options?: { readonly development?: boolean }): string | undefined;
export function main(verb: string, args: readonly string[]): void;
