import { z } from 'zod';
import { checkPart, unsupported } from './tokenizer-settings.ts';

/** The tokens that a post_processor puts around a text. */
export interface TokenFrame {
  readonly cls: string;
  readonly sep: string;
}

const tagged = z.looseObject({ type: z.string() });

/** BertProcessing, and RobertaProcessing, which also trims offsets. */
const pairProcessing = z.looseObject({
  cls: z.tuple([z.string(), z.int()]),
  sep: z.tuple([z.string(), z.int()]),
});

const templateProcessing = z.looseObject({
  single: z.array(
    z.union([
      z.strictObject({ SpecialToken: z.looseObject({ id: z.string() }) }),
      z.strictObject({ Sequence: z.looseObject({ id: z.string() }) }),
    ]),
  ),
});

const sequence = z.looseObject({ processors: z.array(tagged) });

/**
 * The tokens around a text, as post_processor of a tokenizer.json has them; undefined when it puts none.
 *
 * @throws {E_TOKENIZER_UNSUPPORTED} when it is of another type, or not one token before the text and one after it
 * @throws {E_TOKENIZER_MALFORMED} when it lacks a field
 */
export function readFrame(processor: unknown, source: string): TokenFrame | undefined {
  if (processor === undefined || processor === null) return undefined;
  const part = { source, name: 'post_processor' };
  const { type } = checkPart(tagged, processor, part);
  switch (type) {
    case 'BertProcessing':
    case 'RobertaProcessing': {
      const { cls, sep } = checkPart(pairProcessing, processor, part);
      return { cls: cls[0], sep: sep[0] };
    }
    case 'TemplateProcessing':
      return fromTemplate(checkPart(templateProcessing, processor, part), source);
    case 'ByteLevel':
      return undefined;
    case 'Sequence': {
      const frames = checkPart(sequence, processor, part).processors.map((each) => readFrame(each, source));
      return frames.find((frame) => frame !== undefined);
    }
    default: {
      const expected = 'expected TemplateProcessing, BertProcessing or RobertaProcessing';
      unsupported(source, `the post_processor is another one, got ${type}; ${expected}`);
    }
  }
}

function fromTemplate({ single }: z.infer<typeof templateProcessing>, source: string): TokenFrame {
  const shape = single.map((item) => ('SpecialToken' in item ? item.SpecialToken.id : '$'));
  const [cls, text, sep] = shape;
  if (shape.length !== 3 || cls === undefined || text !== '$' || sep === undefined || cls === '$' || sep === '$') {
    const expected = 'expected one token before the text and one after it';
    unsupported(source, `the post_processor has another form, got ${shape.join(' ')}; ${expected}`);
  }
  return { cls, sep };
}
