import { defineCommand } from 'citty';
import { type XAccess, X_TOKEN_VARIABLE, xAccess } from '../functions/sources/x/x-access.ts';
import { addXRule, deleteXRules, listXRules } from '../functions/sources/x/x-rules.ts';
import { readEnv } from '../shared/env.ts';
import { NerError } from '../shared/ner-error.ts';
import { print } from './text-output.ts';

export const rules = defineCommand({
  meta: {
    name: 'rules',
    description: 'List, add or delete the rules that choose what the filtered stream of X delivers',
  },
  args: {
    action: {
      type: 'positional',
      required: false,
      description: 'list (the default); add, with a rule such as "cats lang:en -is:retweet"; delete, with an id',
    },
    rule: { type: 'positional', required: false, description: 'Rule to add, or id of the rule to delete' },
    tag: { type: 'string', valueHint: 'NAME', description: 'Name of the rule to add, for people; by default none' },
    'dry-run': { type: 'boolean', description: 'Only ask X whether it would take the rule to add' },
    endpoint: { type: 'string', valueHint: 'URL', description: 'Server instead of https://api.x.com' },
    json: { type: 'boolean', description: 'Print rules as JSON; by default one a line' },
  },
  run: async ({ args }) => {
    const { tag, endpoint, json = false } = args;
    const act = actionOf(args.action, args.rule, { tag, dryRun: args['dry-run'] === true });
    await act(xAccess(readEnv(X_TOKEN_VARIABLE), endpoint), json);
    return 0;
  },
});

type Action = (access: XAccess, json: boolean) => Promise<void>;

/** @throws {E_USAGE} unless it is one of the three, with what it takes */
function actionOf(
  action: string | undefined,
  rule: string | undefined,
  { tag, dryRun }: { readonly tag: string | undefined; readonly dryRun: boolean },
): Action {
  const wrong = (what: string): NerError =>
    new NerError('E_USAGE', `tagwright rules: ${what}; expected list, add RULE or delete ID.`);
  if (action !== 'add' && (tag !== undefined || dryRun)) throw wrong('--tag and --dry-run are for add');
  if (action === 'add') {
    if (rule === undefined) throw wrong('add: the rule is missing');
    return async (access) => {
      const { id } = await addXRule(access, { value: rule, tag, dryRun });
      say(dryRun ? 'X would take the rule' : `rule ${id} is added`);
    };
  }
  if (action === 'delete') {
    if (rule === undefined) throw wrong('delete: the id is missing');
    return async (access) => {
      await deleteXRules(access, [rule]);
      say(`rule ${rule} is deleted`);
    };
  }
  if (rule !== undefined) throw wrong(`unexpected argument '${rule}'`);
  if (action !== undefined && action !== 'list') throw wrong(`unknown action '${action}'`);
  return list;
}

async function list(access: XAccess, json: boolean): Promise<void> {
  const found = await listXRules(access);
  if (json) await print(`${JSON.stringify(found, null, 2)}\n`);
  else
    await print(
      found.map(({ id, value, tag }) => `${id}  ${value}${tag === undefined ? '' : `  (${tag})`}\n`).join(''),
    );
  if (found.length === 0) say("there are no rules, so nothing is delivered: tagwright rules add 'cats lang:en'");
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
