import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readGeonames } from '../../../shared/places/geonames.ts';
import { locate } from '../../../shared/places/locate.ts';
import { mentionKey } from '../../../shared/places/place-name.ts';
import { targetFixtures as FIXTURES } from '../../support/target-fixtures.ts';
import { tempFolder } from '../../support/temp-folder.ts';

/** Towns with the names of others, rounded: name, latitude, longitude, class and code, country, state, people. */
const NAMESAKES = [
  ['China', '25.7', '-99.2', 'P', 'PPL', 'MX', '19', '11000'],
  ['Us', '49.1', '2', 'P', 'PPL', 'FR', '11', '1300'],
  ['Un', '23.9', '71.8', 'P', 'PPL', 'IN', '09', '20000'],
  ['Lebanon', '40.3', '-76.4', 'P', 'PPLA2', 'US', 'PA', '25700'],
  ['Pennsylvania', '40.3', '-76.9', 'A', 'ADM1', 'US', 'PA', '12801989'],
].map(([name, latitude, longitude, kind, code, country, state, people], i) =>
  [i, name, name, '', latitude, longitude, kind, code, country, '', state, '', '', '', people, '', '', '', ''].join(
    '\t',
  ),
);

const gazetteer = (): string => {
  const file = join(tempFolder(), 'geonames.txt');
  writeFileSync(file, `${readFileSync(join(FIXTURES, 'geonames.txt'), 'utf8')}${NAMESAKES.join('\n')}\n`);
  return file;
};

/** Places of a text in brackets, and what they are taken for. */
async function located(text: string): Promise<(string | undefined)[]> {
  const mentions: { text: string; start: number; end: number }[] = [];
  let plain = '';
  for (const part of text.split(/(\[[^\]]+\])/u)) {
    const name = part.startsWith('[') ? part.slice(1, -1) : undefined;
    if (name !== undefined) mentions.push({ text: name, start: plain.length, end: plain.length + name.length });
    plain += name ?? part;
  }
  const hits = await readGeonames(gazetteer(), new Set(mentions.map(({ text: name }) => mentionKey(name))));
  return locate(mentions, hits).map((entry) => entry && `${entry.name} ${entry.countryCode} ${entry.featureCode}`);
}

test.each([
  ['the most populous of a name', 'in [Paris] and [Perth]', ['Paris FR PPLC', 'Perth AU PPLA']],
  ['the one in the state that follows', '[Paris], [Texas]', ['Paris US PPLA2', 'Texas US ADM1']],
  ['the one in the country that follows', '[London], [Canada]', ['London CA PPL', 'Canada CA PCLI']],
  // 200,733 people are more than a tenth of 984,333.
  [
    'the one in a country elsewhere',
    'from [Birmingham] across the [United States]',
    ['Birmingham US PPLA2', 'United States US PCLI'],
  ],
  // 24,782 people are less than a tenth of 2,138,551.
  [
    'not a hamlet in a country elsewhere',
    'from [Paris] to the [United States]',
    ['Paris FR PPLC', 'United States US PCLI'],
  ],
  ['a state that is also a country, by what is in it', '[Athens], [Georgia]', ['Athens US PPLA2', 'Georgia US ADM1']],
  [
    'a city before the state of its name, in the state',
    '[New York], [New York]',
    ['New York City US PPL', 'New York US ADM1'],
  ],
  [
    'alternate names',
    '[München], [NOLA] and [#SanDiego]',
    ['Munich DE PPLA', 'New Orleans US PPLA2', 'San Diego US PPLA2'],
  ],
  ['waters where nothing else has the name', 'at [Loch Ness]', ['Loch Ness GB LK']],
  ['nothing that is not in the gazetteer', '[Atlantis]', [undefined]],
  [
    'an abbreviation for one, and for no word',
    'the [US], the [U.S.], [Us] and the [UN]',
    ['United States US PCLI', 'United States US PCLI', 'United States US PCLI', undefined],
  ],
  ['a country for no town elsewhere', 'in [China] and in [Lebanon]', [undefined, undefined]],
  [
    'a town with the name of a country, in the state that follows',
    '[Lebanon], [Pennsylvania]',
    ['Lebanon US PPLA2', 'Pennsylvania US ADM1'],
  ],
])('takes %s', async (_, text, expected) => {
  expect(await located(text)).toEqual(expected);
});
