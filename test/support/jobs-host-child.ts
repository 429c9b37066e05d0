import { join } from 'node:path';
import { ChildProcessJobs } from '../../shared/jobs/child-process-jobs.ts';
import { FolderObjectStore } from '../../shared/store/folder-object-store.ts';
import type { JobSpec } from '../../shared/jobs/training-jobs.ts';

// A host that starts a job and runs it until somebody kills it. Arguments: its folder, and the job as JSON.
const [folder, spec] = process.argv.slice(2);
const clock = (): Date => new Date();
const store = new FolderObjectStore({ root: join(folder!, 'store'), clock });
const jobs = new ChildProcessJobs({
  ...{ root: join(folder!, 'jobs'), store, clock },
  bus: {
    publish: async (events) => {
      for (const { id } of events) process.stdout.write(`${id}\n`);
    },
  },
});
await jobs.start(JSON.parse(spec!) as JobSpec);
await jobs.run(new AbortController().signal);
