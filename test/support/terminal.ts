import { PassThrough } from 'node:stream';

/** A stream that is a terminal, or is none, and what was written to it. */
export function terminal(isTTY: boolean): { readonly out: NodeJS.WriteStream; readonly text: () => string } {
  let text = '';
  const stream = new PassThrough();
  stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const out = Object.assign(stream, { isTTY, columns: 200, rows: 40 }) as unknown as NodeJS.WriteStream;
  return { out, text: () => text };
}
