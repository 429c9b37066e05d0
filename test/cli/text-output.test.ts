import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  statSync,
  symlinkSync,
  lstatSync,
  writeFileSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openTextOutput } from '../../cli/text-output.ts';
import { codeOf } from '../support/error-code.ts';
import { tempFolder } from '../support/temp-folder.ts';

test('a file has its name only when it is whole', async () => {
  const folder = tempFolder();
  const path = join(folder, 'out.txt');
  const output = await openTextOutput(path);
  await output.write('one\n');
  expect(readdirSync(folder)).not.toContain('out.txt');
  await output.write('two\n');
  await output.finish();
  await output.discard();
  expect(readFileSync(path, 'utf8')).toBe('one\ntwo\n');
  expect(readdirSync(folder)).toEqual(['out.txt']);
});

test('an output that is discarded leaves what was there before, and nothing else', async () => {
  const folder = tempFolder();
  const path = join(folder, 'out.txt');
  writeFileSync(path, 'before');
  const output = await openTextOutput(path);
  await output.write('after');
  await output.discard();
  expect(readFileSync(path, 'utf8')).toBe('before');
  expect(readdirSync(folder)).toEqual(['out.txt']);
});

test('a file keeps its permissions, and a link goes on to point to it', async () => {
  const folder = tempFolder();
  writeFileSync(join(folder, 'file'), 'before');
  chmodSync(join(folder, 'file'), 0o600);
  symlinkSync('file', join(folder, 'link'));
  const output = await openTextOutput(join(folder, 'link'));
  await output.write('after');
  await output.finish();
  expect(lstatSync(join(folder, 'link')).isSymbolicLink()).toBe(true);
  expect(readFileSync(join(folder, 'file'), 'utf8')).toBe('after');
  expect(statSync(join(folder, 'file')).mode & 0o777).toBe(0o600);
});

test.skipIf(process.platform === 'win32')('a device is written to and stays one', async () => {
  const output = await openTextOutput('/dev/null');
  await output.write('gone');
  await output.finish();
  await output.discard();
  expect(statSync('/dev/null').isCharacterDevice()).toBe(true);
});

test.skipIf(process.platform === 'win32')('a named pipe is written to; a reader that goes is no error', async () => {
  const pipe = join(tempFolder(), 'pipe');
  execFileSync('mkfifo', [pipe]);
  const output = await openTextOutput(pipe);
  const reader = await open(pipe, 'r');
  await output.write('first');
  const { buffer, bytesRead } = await reader.read();
  expect(buffer.toString('utf8', 0, bytesRead)).toBe('first');
  await reader.close();
  while (!output.readerGone.aborted) await output.write('x'.repeat(1_000));
  await output.write('more');
  await output.finish();
});

test('fails with E_FILE_UNWRITABLE where there is no folder for it, or a folder in its place', async () => {
  const folder = tempFolder();
  mkdirSync(join(folder, 'taken'));
  expect(await codeOf(() => openTextOutput(join(folder, 'none', 'out.txt')))).toBe('E_FILE_UNWRITABLE');
  expect(await codeOf(() => openTextOutput(join(folder, 'taken')))).toBe('E_FILE_UNWRITABLE');
});

test.skipIf(process.platform !== 'linux')('fails with E_FILE_UNWRITABLE when the disk is full', async () => {
  const output = await openTextOutput('/dev/full');
  const work = async (): Promise<void> => {
    await output.write('x');
    await output.finish();
  };
  expect(await codeOf(work)).toBe('E_FILE_UNWRITABLE');
});
