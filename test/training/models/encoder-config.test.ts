import { describe, expect, test } from 'vitest';
import { ARCHITECTURES, maxTokens, readEncoderConfig } from '../../../training/models/encoder-config.ts';
import { expectFails } from '../../support/expect-fails.ts';
import { tinyConfig } from '../../support/tiny-encoder.ts';

describe('readEncoderConfig', () => {
  test('reads BERT as transformers writes it', () => {
    expect(readEncoderConfig(tinyConfig('bert'))).toEqual({
      architecture: 'bert',
      vocabulary: 40,
      positions: 20,
      firstPosition: 0,
      tokenTypes: 2,
      embeddingWidth: 24,
      width: 24,
      layers: 2,
      heads: 3,
      feedForward: 40,
      relativeBias: false,
      epsilon: 1e-12,
      hiddenDropout: 0.1,
      attentionOutputDropout: 0.1,
      attentionDropout: 0.1,
      classifierDropout: 0.1,
      initializerRange: 0.02,
      padId: 0,
    });
  });

  test('reads DistilBERT by its own names, without types and without dropout after attention', () => {
    expect(readEncoderConfig({ ...tinyConfig('distilbert'), dropout: 0.25, attention_dropout: 0.5 })).toMatchObject({
      width: 24,
      layers: 2,
      heads: 3,
      feedForward: 40,
      tokenTypes: 0,
      hiddenDropout: 0.25,
      attentionOutputDropout: 0,
      attentionDropout: 0.5,
      classifierDropout: 0.25,
    });
  });

  test.each([
    { name: 'roberta', firstPosition: 2, longest: 18 },
    { name: 'xlm-roberta', firstPosition: 2, longest: 18 },
    { name: 'mpnet', firstPosition: 2, longest: 18 },
    { name: 'bert', firstPosition: 0, longest: 20 },
  ] as const)('leaves $name positions for $longest tokens', ({ name, firstPosition, longest }) => {
    const config = readEncoderConfig(tinyConfig(name));
    expect(config.firstPosition).toBe(firstPosition);
    expect(maxTokens(config)).toBe(longest);
  });

  test('reads the width of embeddings that ELECTRA projects', () => {
    expect(readEncoderConfig(tinyConfig('electra'))).toMatchObject({ embeddingWidth: 16, width: 24 });
  });

  test('takes what transformers leaves out as its defaults', () => {
    const required = Object.entries(tinyConfig('bert')).filter(([key]) => /_size$|^num_|^max_|^model_type$/.test(key));
    const sizes = Object.fromEntries(required.filter(([key]) => key !== 'type_vocab_size'));
    expect(readEncoderConfig(sizes)).toEqual(readEncoderConfig(tinyConfig('bert')));
  });

  test('takes the dropout of a classifier where it is given', () => {
    const config = readEncoderConfig({ ...tinyConfig('bert'), classifier_dropout: 0.3 });
    expect(config.classifierDropout).toBe(0.3);
  });

  test.each([
    ['the architecture is another', { model_type: 'gpt2' }, '"gpt2"; expected bert, distilbert'],
    ['there is no architecture', { model_type: undefined }, 'got none'],
    [
      'positions are relative',
      { position_embedding_type: 'relative_key' },
      'position_embedding_type, got "relative_key"',
    ],
    ['the activation is another', { hidden_act: 'gelu_new' }, 'hidden_act, got "gelu_new"'],
    ['it is a decoder', { is_decoder: true }, 'is_decoder, got true'],
    ['a size is missing', { hidden_size: undefined }, 'hidden_size, got nothing'],
    ['a size is no size', { num_hidden_layers: -1 }, 'num_hidden_layers, got -1'],
    ['a rate is one', { hidden_dropout_prob: 1 }, 'hidden_dropout_prob, got 1'],
    ['heads do not divide the width', { num_attention_heads: 7 }, 'got 7 heads of 24'],
  ])('fails when %s', (_name, change, part) => {
    expectFails(() => readEncoderConfig({ ...tinyConfig('bert'), ...change }), 'E_ENCODER_UNSUPPORTED', part);
  });

  test.each([
    ['of DistilBERT are sines', 'distilbert', { sinusoidal_pos_embds: true }, 'sinusoidal_pos_embds, got true'],
    ['of MPNet have other buckets', 'mpnet', { relative_attention_num_buckets: 16 }, 'got 16'],
    ['of RoBERTa are all padding', 'roberta', { max_position_embeddings: 2 }, 'got 2 positions'],
  ] as const)('fails when positions %s', (_name, name, change, part) => {
    expectFails(() => readEncoderConfig({ ...tinyConfig(name), ...change }), 'E_ENCODER_UNSUPPORTED', part);
  });

  test.each([null, [], 'bert', 3])('fails for JSON that is no object: %j', (json) => {
    expectFails(() => readEncoderConfig(json, 'folder/config.json'), 'E_ENCODER_UNSUPPORTED', 'folder/config.json: ');
  });

  test('names every architecture there is when it has none', () => {
    expectFails(() => readEncoderConfig({}), 'E_ENCODER_UNSUPPORTED', ARCHITECTURES.join(', '));
  });
});
