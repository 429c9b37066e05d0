export interface RepeatOptions {
  readonly least: number;
  readonly most: number;
  /** After so long no further run begins, once there have been `least`. */
  readonly budgetMs: number;
}

/** Runs `work` again and again and gives what each run gave. */
export async function repeat<T>({ least, most, budgetMs }: RepeatOptions, work: () => Promise<T>): Promise<T[]> {
  const begun = performance.now();
  const results: T[] = [];
  while (results.length < least || (results.length < most && performance.now() - begun < budgetMs)) {
    results.push(await work());
  }
  return results;
}
