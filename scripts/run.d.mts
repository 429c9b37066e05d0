interface Lock {
  readonly packages: Readonly<Record<string, { readonly version: string; readonly optional?: boolean }>>;
}
export function firstDifference(lock: Lock, installed: Lock): string | undefined;
export function main(verb: string, args: readonly string[]): void;
