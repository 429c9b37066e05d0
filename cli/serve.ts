import { defineCommand } from 'citty';
import { startHost } from '../functions/local/host.ts';
import { hostFlags, hostOptions } from './host-options.ts';
import { abortOnInterrupt, exitAfter, interrupted } from './interruption.ts';

export const serve = defineCommand({
  meta: {
    name: 'serve',
    description: 'Run the host: take tweets over HTTP, tag them with the current model, show them',
  },
  args: {
    model: { type: 'string', valueHint: 'DIR', description: 'Bundle to publish and promote first' },
    ...hostFlags,
  },
  run: async ({ args }) => {
    const abort = abortOnInterrupt();
    const options = hostOptions(args);
    exitAfter(abort.signal, options.stopDeadlineMs);
    const host = await startHost(options);
    try {
      if (args.model !== undefined) {
        const { id } = await host.registry.publish(args.model);
        await host.registry.promote(id);
        await host.checkModel();
      }
      process.stderr.write(`tagwright serves at ${host.url}\n`);
      if (!host.status().ready)
        process.stderr.write('there is no model yet: tweets wait in the queue until one is promoted\n');
      await interrupted(abort.signal);
    } finally {
      await host.close();
    }
    return 0;
  },
});
