import { parseArgs } from 'node:util';
import { NerError } from '../shared/ner-error.ts';
import { decodeUtf8, readBytes } from '../shared/corpus/text-file.ts';
import { parseSettingChange, settingLeaves, type SettingChange } from '../training/job/settings.ts';
import { integerFlag } from './strict-arguments.ts';

interface SettingFlags {
  readonly config?: string | undefined;
  readonly epochs?: string | undefined;
}

/**
 * What the flags change of the settings: those of the --config file first, then --epochs, then each --set.
 *
 * @throws {E_USAGE} a file that holds no settings, or a --set that is none
 * @throws {E_FILE_UNREADABLE} the file cannot be read
 */
export function settingChanges({ config, epochs }: SettingFlags, rawArgs: readonly string[]): readonly SettingChange[] {
  // citty keeps the last of flags that are given several times.
  const { values } = parseArgs({
    args: [...rawArgs],
    options: { set: { type: 'string', multiple: true } },
    strict: false,
    allowPositionals: true,
  });
  const set = (values.set ?? []).filter((text) => typeof text === 'string');
  return [
    ...(config === undefined ? [] : readConfig(config)),
    ...(epochs === undefined ? [] : [['train.epochs', integerFlag('epochs', epochs, 1)] as const]),
    ...set.map(parseSettingChange),
  ];
}

function readConfig(file: string): readonly SettingChange[] {
  let json: unknown;
  try {
    json = JSON.parse(decodeUtf8(file, readBytes(file)));
  } catch (cause) {
    if (cause instanceof NerError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new NerError('E_USAGE', `--config: ${file} is not JSON: ${reason}.`, { cause });
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw new NerError(
      'E_USAGE',
      `--config: ${file} holds no settings, got ${JSON.stringify(json)}; expected an object.`,
    );
  }
  return settingLeaves(json);
}
