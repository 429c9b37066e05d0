import { defineCommand } from 'citty';
import { startHost } from '../functions/local/host.ts';
import { followSource } from './follow-source.ts';
import { hostFlags, hostOptions } from './host-options.ts';
import { abortOnInterrupt, exitAfter, interrupted } from './interruption.ts';
import { chooseSource, sourceFlags } from './source-flags.ts';
import { sourceTools } from './source-tools.ts';

export const serve = defineCommand({
  meta: {
    name: 'serve',
    description: 'Run the host: take tweets over HTTP, tag them with the current model, show them',
  },
  args: {
    model: { type: 'string', valueHint: 'DIR', description: 'Bundle to publish and promote first' },
    ...sourceFlags,
    ...hostFlags,
  },
  run: async ({ args }) => {
    const chosen = chooseSource(args, sourceTools());
    const abort = abortOnInterrupt();
    const options = hostOptions(args);
    exitAfter(abort.signal, options.stopDeadlineMs);
    const host = await startHost(options);
    let code = 0;
    try {
      if (args.model !== undefined) {
        const { id } = await host.registry.publish(args.model);
        await host.registry.promote(id);
        await host.checkModel();
      }
      say(`tagwright serves at ${host.url}`);
      if (!host.status().ready) say('there is no model yet: tweets wait in the queue until one is promoted');
      if (chosen !== undefined) code = await followSource(host, chosen, { signal: abort.signal, say });
      await interrupted(abort.signal);
    } finally {
      await host.close();
    }
    return code;
  },
});

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
