import { writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { hubSettings } from '../../../../training/models/hub/hub-settings.ts';
import { tempFolder } from '../../../support/temp-folder.ts';

const settings = (env: Readonly<Record<string, string>>) => hubSettings((name) => env[name]);

test('asks huggingface.co and keeps files where its own tools do', () => {
  const { endpoint, cacheDir, offline } = settings({});
  expect(endpoint).toBe('https://huggingface.co');
  expect(cacheDir).toBe(join(homedir(), '.cache', 'huggingface', 'hub'));
  expect(offline).toBe(false);
});

test('follows HF_ENDPOINT, HF_TOKEN, HF_HOME, HF_HUB_CACHE and HF_HUB_OFFLINE', () => {
  const home = tempFolder();
  const env = { HF_ENDPOINT: 'http://mirror:8080/', HF_TOKEN: 'hf_x', HF_HOME: home, HF_HUB_OFFLINE: '1' };
  expect(settings(env)).toEqual({
    endpoint: 'http://mirror:8080',
    token: 'hf_x',
    cacheDir: join(home, 'hub'),
    offline: true,
  });
  expect(settings({ ...env, HF_HUB_CACHE: 'elsewhere' }).cacheDir).toBe('elsewhere');
  expect(settings({ XDG_CACHE_HOME: home }).cacheDir).toBe(join(home, 'huggingface', 'hub'));
});

test('takes the token that was left by a login, unless HF_TOKEN is set', () => {
  const home = tempFolder();
  expect(settings({ HF_HOME: home }).token).toBeUndefined();
  writeFileSync(join(home, 'token'), 'hf_saved\n');
  expect(settings({ HF_HOME: home }).token).toBe('hf_saved');
  expect(settings({ HF_HOME: home, HF_TOKEN: 'hf_x' }).token).toBe('hf_x');
});
