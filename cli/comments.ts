import { defineCommand } from 'citty';
import { NerError } from '../shared/ner-error.ts';
import { analyse, analyseFlags } from './comments-analyse.ts';
import { label, labelFlags } from './comments-label.ts';

const ACTIONS = ['label', 'analyse'] as const;

export const comments = defineCommand({
  meta: { name: 'comments', description: 'Label video comments for training, or say what they ask for' },
  args: {
    action: {
      type: 'positional',
      required: false,
      description: 'label, which writes silver labels for a person to correct; analyse, which says what is asked for',
    },
    comments: { type: 'string', valueHint: 'FILE', description: 'CSV file of comments' },
    out: {
      type: 'string',
      valueHint: 'PATH',
      description: 'label: review file to write, by default standard output; analyse: folder to write to',
    },
    ...labelFlags,
    ...analyseFlags,
  },
  run: async ({ args }) => {
    const action = ACTIONS.find((name) => name === args.action);
    switch (action) {
      case 'label':
        return label(args);
      case 'analyse':
        return analyse(args);
      case undefined:
        throw new NerError(
          'E_USAGE',
          `tagwright comments: unknown action '${args.action ?? ''}'; expected ${ACTIONS.join(' or ')}.`,
        );
    }
  },
});
