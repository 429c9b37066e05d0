/** One server-sent event, its data parsed as JSON. */
export interface StreamEvent {
  readonly event: string;
  readonly data: unknown;
}

/** The events of `GET <url>/v1/stream` as they come. Leaving the loop closes the stream. */
export async function* streamEvents(url: string): AsyncGenerator<StreamEvent, void> {
  const abort = new AbortController();
  const response = await fetch(`${url}/v1/stream`, { signal: abort.signal });
  let buffered = '';
  try {
    for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
      buffered += chunk;
      const blocks = buffered.split('\n\n');
      buffered = blocks.pop()!;
      for (const block of blocks) {
        const field = (name: string): string | undefined =>
          block
            .split('\n')
            .find((line) => line.startsWith(`${name}: `))
            ?.slice(name.length + 2);
        const data = field('data');
        if (data !== undefined) yield { event: field('event') ?? 'message', data: JSON.parse(data) };
      }
    }
  } finally {
    abort.abort();
  }
}

/** The first event of that name for which the condition holds. */
export async function awaitEvent<T>(url: string, name: string, holds: (data: T) => boolean): Promise<T> {
  for await (const { event, data } of streamEvents(url)) {
    if (event === name && holds(data as T)) return data as T;
  }
  throw new Error(`the stream ended without such a '${name}' event`);
}
