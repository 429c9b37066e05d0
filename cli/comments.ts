import { defineCommand } from 'citty';
import { NerError } from '../shared/ner-error.ts';
import { analyse, analyseFlags } from './comments-analyse.ts';

export const comments = defineCommand({
  meta: { name: 'comments', description: 'Say what video comments ask for' },
  args: {
    action: { type: 'positional', required: false, description: 'analyse, to tag comments and say what they ask for' },
    comments: { type: 'string', valueHint: 'FILE', description: 'CSV file of comments' },
    out: { type: 'string', valueHint: 'DIR', description: 'Folder to write to' },
    ...analyseFlags,
  },
  run: async ({ args }) => {
    if (args.action === 'analyse') return analyse(args);
    throw new NerError('E_USAGE', `tagwright comments: unknown action '${args.action ?? ''}'; expected analyse.`);
  },
});
