import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

export interface HubModel {
  readonly commit: string;
  /** Branches and tags that are this commit; others are not known. */
  readonly revisions: readonly string[];
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** Whoever asks without it is told that the model is gated. */
  readonly token?: string;
}

export interface HubRequestSeen {
  readonly server: 'hub' | 'cdn';
  readonly path: string;
  readonly range: string | undefined;
  readonly authorization: string | undefined;
}

/** What goes wrong with the answers about a file. */
export interface HubTrouble {
  /** Cuts the connection after so many bytes, so many times. */
  drop?: { readonly afterBytes: number; times: number };
  /** Sends this instead. */
  replace?: Uint8Array;
  /** Sends the first bytes and then nothing. */
  hang?: boolean;
  /** Sends so many bytes at a time, with a pause of 10 ms in between. */
  dribble?: number;
  /** Knows nothing of ranges. */
  noRanges?: boolean;
}

export interface HubServer {
  readonly endpoint: string;
  readonly seen: HubRequestSeen[];
  readonly troubles: Map<string, HubTrouble>;
}

/** Files in large-file storage on the hub. */
const isLarge = (name: string): boolean => name.endsWith('.safetensors');

export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
export const gitHash = (bytes: Uint8Array): string =>
  createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');

/**
 * A hub on 127.0.0.1, as https://huggingface.co/docs/hub/api and huggingface_hub describe it: `api/models/ID/revision/REV`,
 * `api/models/ID/tree/REV`, `ID/resolve/REV/FILE`, errors by `X-Error-Code`; large files are on another server, to which
 * it redirects.
 */
export async function startHub(models: Readonly<Record<string, HubModel>>): Promise<HubServer> {
  const seen: HubRequestSeen[] = [];
  const troubles = new Map<string, HubTrouble>();
  const see = (server: 'hub' | 'cdn', { url, headers }: IncomingMessage): string => {
    const { pathname } = new URL(url!, 'http://hub');
    seen.push({ server, path: pathname, range: headers.range, authorization: headers.authorization });
    return decodeURIComponent(pathname);
  };
  const cdn = await listen((request, response) => {
    const [, id, name] = /^\/(.+)\/([^/]+)$/.exec(see('cdn', request))!;
    sendFile(request, response, { bytes: models[id!]!.files.get(name!)!, trouble: troubles.get(name!) ?? {} });
  });
  const hub = await listen((request, response) => {
    const path = see('hub', request);
    const [, id, kind, revision, name] =
      /^\/(?:api\/models\/)?(.+?)\/(revision|tree|resolve)\/([^/]+)\/?(.*)$/.exec(path) ?? [];
    const model = models[id ?? ''];
    if (model === undefined) {
      refuse(response, 404, 'RepoNotFound');
      return;
    }
    if (model.token !== undefined && request.headers.authorization !== `Bearer ${model.token}`) {
      refuse(response, request.headers.authorization === undefined ? 401 : 403, 'GatedRepo');
      return;
    }
    if (![...model.revisions, model.commit].includes(revision!)) {
      refuse(response, 404, 'RevisionNotFound');
      return;
    }
    if (kind === 'revision') {
      sendJson(response, { _id: '1', id, sha: model.commit, lastModified: 0 });
      return;
    }
    if (kind === 'tree') {
      sendJson(response, [{ type: 'directory', path: 'onnx', size: 0 }, ...entries(model)]);
      return;
    }
    const bytes = model.files.get(name!);
    if (bytes === undefined) {
      refuse(response, 404, 'EntryNotFound');
      return;
    }
    if (!isLarge(name!)) {
      sendFile(request, response, { bytes, trouble: troubles.get(name!) ?? {} });
      return;
    }
    response.writeHead(302, {
      location: `${cdn}/${id!}/${name!}`,
      'x-linked-etag': `"${sha256(bytes)}"`,
      'x-linked-size': bytes.length,
    });
    response.end();
  });
  return { endpoint: hub, seen, troubles };
}

function entries({ files }: HubModel): unknown[] {
  return [...files].map(([path, bytes]) =>
    isLarge(path)
      ? { type: 'file', path, size: bytes.length, oid: '0', lfs: { oid: sha256(bytes), size: bytes.length } }
      : { type: 'file', path, size: bytes.length, oid: gitHash(bytes) },
  );
}

function sendFile(
  { headers }: IncomingMessage,
  response: ServerResponse,
  { bytes, trouble }: { readonly bytes: Uint8Array; readonly trouble: HubTrouble },
): void {
  const content = trouble.replace ?? bytes;
  const start = trouble.noRanges === true ? 0 : Number(/^bytes=(\d+)-/.exec(headers.range ?? '')?.[1] ?? 0);
  const rest = content.subarray(start);
  const contentRange = { 'content-range': `bytes ${start}-${content.length - 1}/${content.length}` };
  response.writeHead(start > 0 ? 206 : 200, { 'content-length': rest.length, ...(start > 0 ? contentRange : {}) });
  const { drop, hang, dribble } = trouble;
  if (hang === true) response.write(rest.subarray(0, 10));
  else if (drop !== undefined && drop.times > 0) {
    drop.times--;
    response.write(rest.subarray(0, drop.afterBytes), () => {
      setTimeout(() => response.destroy(), 20);
    });
  } else if (dribble !== undefined) sendSlowly(response, rest, dribble);
  else response.end(rest);
}

function sendSlowly(response: ServerResponse, rest: Uint8Array, size: number): void {
  if (rest.length === 0) {
    response.end();
    return;
  }
  response.write(rest.subarray(0, size));
  setTimeout(() => {
    sendSlowly(response, rest.subarray(size), size);
  }, 10);
}

function sendJson(response: ServerResponse, value: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify(value));
}

function refuse(response: ServerResponse, status: number, code: string): void {
  response.writeHead(status, { 'x-error-code': code });
  response.end();
}

/** Serves until the test is over, on a free port. */
export async function listen(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  const server: Server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** An address on which nothing listens: one that was free a moment ago. */
export async function deadAddress(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return `http://127.0.0.1:${port}`;
}
