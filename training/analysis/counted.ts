import { grouped } from '../report/markup.ts';

/** So many of something, in English: `1 comment`, `2 comments`. */
export function counted(count: number, one: string): string {
  return `${grouped(count)} ${one}${count === 1 ? '' : 's'}`;
}
