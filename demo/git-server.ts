import { spawn } from "node:child_process";
import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { createGunzip } from "node:zlib";

export interface GitServerOptions {
  /** The folder of the bare repositories: `<root>/permissions.git` is served as `<url>/permissions.git`. */
  readonly root: string;
  /** The required user and password of a client; null admits anyone. */
  readonly login: { readonly username: string; readonly password: string } | null;
  /** Default: chosen by the system. */
  readonly port?: number;
}

export interface GitServer {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  close(): Promise<void>;
}

/** Serves git repositories on loopback by git's own CGI program, for fetch and push: for the demo and for tests. */
export async function startGitServer(options: GitServerOptions): Promise<GitServer> {
  const server = createServer((request, response) => {
    if (isAllowed(request, options.login)) runBackend(options.root, request, response);
    else response.writeHead(401, { "www-authenticate": 'Basic realm="git"' }).end();
  });
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, close: () => close(server) };
}

function close(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.close((error) => (error === undefined ? resolve() : reject(error)));
    server.closeAllConnections();
  });
}

function isAllowed(request: IncomingMessage, login: GitServerOptions["login"]): boolean {
  if (login === null) return true;
  const wanted = Buffer.from(`${login.username}:${login.password}`).toString("base64");
  return request.headers.authorization === `Basic ${wanted}`;
}

function runBackend(root: string, request: IncomingMessage, response: ServerResponse): void {
  const child = spawn("git", ["http-backend"], { env: cgiEnvironment(root, request) });
  const isGzip = request.headers["content-encoding"] === "gzip";
  const body = isGzip ? request.pipe(createGunzip()) : request;
  // Either side may disconnect at any time; the other side then ends as well.
  const ignore = (): void => undefined;
  body.on("error", ignore);
  child.stdin.on("error", ignore);
  response.on("error", ignore);
  response.on("close", () => child.kill());
  child.on("error", () => response.destroy());
  body.pipe(child.stdin);
  answer(child.stdout, response);
}

/** CGI: header lines, an empty line, the body. */
function answer(output: NodeJS.ReadableStream, response: ServerResponse): void {
  let head = Buffer.alloc(0);
  const readHead = (chunk: Buffer): void => {
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf("\r\n\r\n");
    if (end === -1) return;
    output.off("data", readHead);
    const headers = head.toString("latin1", 0, end).split("\r\n").map(parseHeader);
    const status = headers.find(([name]) => name === "status")?.[1] ?? "200";
    const others = headers.filter(([name]) => name !== "status");
    response.writeHead(Number.parseInt(status, 10), Object.fromEntries(others));
    response.write(head.subarray(end + 4));
    output.pipe(response);
  };
  output.on("data", readHead);
  output.on("end", () => response.end());
}

function parseHeader(line: string): readonly [string, string] {
  const colon = line.indexOf(":");
  return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
}

function cgiEnvironment(root: string, request: IncomingMessage): Record<string, string> {
  const url = new URL(request.url ?? "/", "http://localhost");
  const settings = [
    ["http.receivepack", "true"],
    ["safe.directory", "*"],
  ] as const;
  return {
    PATH: process.env["PATH"] ?? "/usr/bin:/bin",
    HOME: root,
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_CONFIG_COUNT: String(settings.length),
    ...Object.fromEntries(
      settings.flatMap(([key, value], index) => [
        [`GIT_CONFIG_KEY_${index}`, key],
        [`GIT_CONFIG_VALUE_${index}`, value],
      ]),
    ),
    GIT_PROJECT_ROOT: root,
    GIT_HTTP_EXPORT_ALL: "1",
    GIT_PROTOCOL: String(request.headers["git-protocol"] ?? ""),
    REQUEST_METHOD: request.method ?? "GET",
    PATH_INFO: decodeURIComponent(url.pathname),
    QUERY_STRING: url.search.slice(1),
    CONTENT_TYPE: request.headers["content-type"] ?? "",
    REMOTE_ADDR: "127.0.0.1",
    REMOTE_USER: "git",
  };
}
