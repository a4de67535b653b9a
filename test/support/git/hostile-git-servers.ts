import { readFile } from "node:fs/promises";
import { request as httpRequest, createServer } from "node:http";
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { createServer as createTcpServer } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";
import { join } from "node:path";
import { deflateSync } from "node:zlib";

export interface HostileServer {
  readonly url: string;
  close(): Promise<void>;
}

/** Accepts every connection and never answers; `connected` resolves at the first one. */
export async function hangingServer(): Promise<HostileServer & { readonly connected: Promise<void> }> {
  const { promise: connected, resolve } = Promise.withResolvers<void>();
  const server = await listen(createTcpServer(() => resolve()));
  return { ...server, connected };
}

export function answering(listener: RequestListener): Promise<HostileServer> {
  return listen(createServer(listener));
}

/** Lists refs without end. */
export function endlessRefs(): Promise<HostileServer> {
  return answering((_, response) => {
    response.writeHead(200, { "content-type": "application/x-git-upload-pack-advertisement" });
    response.write("001e# service=git-upload-pack\n0000");
    response.write(packet(`${"1".repeat(40)} HEAD\0multi_ack\n`));
    endless(response, Buffer.from(packet(`${"1".repeat(40)} refs/heads/main\n`).repeat(500)));
  });
}

/** Passes everything on to a good server but the answer to a fetch, which `spoil` gives. */
export function spoiledFetch(
  target: string,
  spoil: (response: ServerResponse, good: Buffer) => void,
): Promise<HostileServer> {
  const pass = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const good = await forward(target, request, await readAll(request));
    const isFetch = good.body.includes("packfile\n");
    response.writeHead(200, { "content-type": good.type });
    if (isFetch) spoil(response, good.body);
    else response.end(good.body);
  };
  return answering((request, response) => {
    pass(request, response).catch(() => response.destroy());
  });
}

/** The files of a bare repository as they are: what git calls dumb HTTP. */
export function plainFiles(bare: string): Promise<HostileServer> {
  const find = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = new URL(request.url ?? "/", "http://localhost").pathname.replace("/permissions.git", "");
    const bytes = await readFile(join(bare, path)).catch(() => undefined);
    if (bytes === undefined) response.writeHead(404).end();
    else response.end(bytes);
  };
  return answering((request, response) => {
    find(request, response).catch(() => response.destroy());
  });
}

/** A pack that begins well and has no end: the same blob of 60 KB again and again. */
export function endlessPack(response: ServerResponse): void {
  const size = 60_000;
  const header = Buffer.from([0x80 | (3 << 4) | (size & 15), 0x80 | ((size >> 4) & 127), size >> 11]);
  const blob = Buffer.concat([header, deflateSync(Buffer.alloc(size, "x"), { level: 0 })]);
  const start = Buffer.from("PACK\0\0\0\x02\x7f\xff\xff\xff", "latin1");
  response.write(packet("packfile\n"));
  response.write(sideband(start));
  endless(response, sideband(blob));
}

function sideband(bytes: Buffer): Buffer {
  const length = (bytes.length + 5).toString(16).padStart(4, "0");
  return Buffer.concat([Buffer.from(`${length}\x01`), bytes]);
}

function packet(text: string): string {
  return (text.length + 4).toString(16).padStart(4, "0") + text;
}

function endless(response: ServerResponse, piece: Buffer): void {
  const more = (): void => {
    while (!response.destroyed && response.write(piece));
  };
  response.on("drain", more);
  response.on("error", () => undefined);
  more();
}

async function forward(
  target: string,
  request: IncomingMessage,
  body: Buffer,
): Promise<{ readonly type: string; readonly body: Buffer }> {
  const { host: _, ...headers } = request.headers;
  return new Promise((resolve, reject) => {
    const onward = httpRequest(
      `${target}${request.url}`,
      { method: request.method ?? "GET", headers },
      (answer) => {
        readAll(answer).then((body) => resolve({ type: answer.headers["content-type"] ?? "", body }), reject);
      },
    );
    onward.on("error", reject);
    onward.end(body);
  });
}

async function readAll(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function listen(server: Server): Promise<HostileServer> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.on("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/permissions.git`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        sockets.forEach((socket) => socket.destroy());
      }),
  };
}
