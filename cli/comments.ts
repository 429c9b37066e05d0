import { defineCommand } from 'citty';
import { NerError } from '../shared/ner-error.ts';
import { label, labelFlags } from './comments-label.ts';

const ACTIONS = ['label'] as const;

export const comments = defineCommand({
  meta: { name: 'comments', description: 'Work on video comments' },
  args: {
    action: {
      type: 'positional',
      required: false,
      description: 'label: gives comments silver labels and writes them for a person to correct',
    },
    comments: { type: 'string', valueHint: 'FILE', description: 'CSV file of comments' },
    out: { type: 'string', valueHint: 'PATH', description: 'label: review file to write; by default standard output' },
    ...labelFlags,
  },
  run: async ({ args }) => {
    const action = ACTIONS.find((name) => name === args.action);
    if (action === 'label') return label(args);
    throw new NerError(
      'E_USAGE',
      `tagwright comments: unknown action '${args.action ?? ''}'; expected ${ACTIONS.join(' or ')}.`,
    );
  },
});
