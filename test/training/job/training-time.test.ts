import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { trainingSeconds } from '../../../training/job/training-time.ts';
import { tempFolder } from '../../support/temp-folder.ts';

test('is from start to end, over a kill and an interruption', () => {
  const folder = tempFolder();
  const events: readonly (readonly [second: number, type: string])[] = [
    [0, 'corpus'],
    [10, 'start'],
    [15, 'step'],
    [17, 'step'],
    // Killed, and started again: 7 s until then.
    [100, 'corpus'],
    [110, 'start'],
    [113, 'interrupted'],
    [200, 'start'],
    [204, 'epoch'],
    [205, 'end'],
    [299, 'exported'],
  ];
  const lines = events.map(([second, type]) => JSON.stringify({ at: new Date(second * 1000).toISOString(), type }));
  writeFileSync(
    join(folder, 'events.jsonl'),
    `${lines.slice(0, 4).join('\n')}\n{"at":"20\n${lines.slice(4).join('\n')}\n`,
  );
  // The line before the second start is the corpus of the second process: the first was last heard of at 17.
  expect(trainingSeconds(folder)).toBe(7 + 3 + 5);
});
