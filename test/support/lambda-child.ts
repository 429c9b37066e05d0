// A process that runs a bundled function as the platform does: imports it, then calls its handler with what it is sent.
import { pathToFileURL } from 'node:url';

/** Sent to the process. */
export interface Invocation {
  readonly event: unknown;
  readonly timeoutMs: number;
}

/** Sent back. */
export type InvocationResult = { readonly result: unknown } | { readonly error: string };

type Handler = (event: unknown, context: { getRemainingTimeInMillis(): number }) => Promise<unknown>;

if (process.send !== undefined) await serve(process.argv[2]!);

async function serve(module: string): Promise<void> {
  const { handler } = (await import(pathToFileURL(module).href)) as { readonly handler: Handler };
  process.on('message', ({ event, timeoutMs }: Invocation) => {
    const end = performance.now() + timeoutMs;
    handler(event, { getRemainingTimeInMillis: () => end - performance.now() }).then(
      (result) => process.send!({ result } satisfies InvocationResult),
      (error: unknown) => process.send!({ error: String(error) } satisfies InvocationResult),
    );
  });
  process.send!('ready');
}
