import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { machine } from '../../../training/report/machine.ts';
import { reportFiles, writeReport } from '../../../training/report/write-report.ts';
import { codeOf } from '../../support/error-code.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { tinyReport } from '../../support/tiny-report.ts';

describe('writeReport', () => {
  test('writes the page and its data into a new folder', async () => {
    const folder = join(tempFolder(), 'a', 'b');
    const data = await writeReport(folder, tinyReport);
    expect(readdirSync(folder).sort()).toEqual(['report.html', 'report.json']);
    expect(JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8'))).toEqual(data);
    const files = await reportFiles(tinyReport);
    for (const [name, bytes] of Object.entries(files)) expect(readFileSync(join(folder, name))).toEqual(bytes);
  });

  test('fails with E_FILE_UNWRITABLE where a file is in the way', async () => {
    const file = join(tempFolder(), 'file');
    writeFileSync(file, '');
    expect(await codeOf(() => writeReport(file, tinyReport))).toBe('E_FILE_UNWRITABLE');
  });
});

test('machine says what this machine is', () => {
  expect(machine()).toMatchObject({ node: process.version, threads: expect.stringMatching(/^\d+$/) as string });
});
