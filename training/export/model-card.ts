import type { ManifestDraft } from '../../shared/model/write-bundle.ts';

/** README.md of a bundle: what the model finds, what it was trained on, how well it does. */
export function modelCard(
  title: string,
  { labels, data, metrics, recipe, seed, engine, temperature }: ManifestDraft,
): string {
  const types = labels.filter((label) => label.startsWith('B-')).map((label) => label.slice(2));
  const percent = (share: number): string => (100 * share).toFixed(1);
  const figures = Object.entries(metrics).map(([split, { entity, f1Interval, tokenAccuracy }]) => {
    const interval = `${percent(f1Interval.low)} to ${percent(f1Interval.high)}`;
    const cells = [
      split,
      entity.support,
      percent(entity.precision),
      percent(entity.recall),
      percent(entity.f1),
      interval,
    ];
    return `| ${cells.join(' | ')} | ${percent(tokenAccuracy)} |`;
  });
  const splits = Object.entries(data).map(
    ([split, { sentences, tokens, entities, sha256 }]) =>
      `| ${split} | ${sentences} | ${tokens} | ${entities} | \`${sha256.slice(0, 16)}\` |`,
  );
  return [
    `# ${title}`,
    '',
    `Finds ${types.join(', ')} in tweets. Trained by Tagwright ${engine.tagwright} (onnxruntime ${engine.onnxruntime}), seed ${seed}.`,
    '',
    '| split | entities | precision | recall | F1 | F1, 95 % interval | token accuracy |',
    '| --- | ---: | ---: | ---: | ---: | --- | ---: |',
    ...figures,
    '',
    'Entity figures in per cent, seqeval default mode, micro average. Everything was chosen on dev; test was measured once.',
    `Scores are calibrated on dev with temperature ${temperature.toFixed(2)}.`,
    '',
    '| split | sentences | tokens | entities | SHA-256 |',
    '| --- | ---: | ---: | ---: | --- |',
    ...splits,
    '',
    'Settings:',
    '',
    '```json',
    JSON.stringify(recipe, null, 2),
    '```',
    '',
  ].join('\n');
}
