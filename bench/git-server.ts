import { spawn } from "node:child_process";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createGunzip } from "node:zlib";

export interface GitServer {
  /** The URL of the served repository. */
  readonly url: string;
  close(): Promise<void>;
}

/** Serves one repository on loopback for fetching, by git's own upload-pack. */
export async function serveRepository(folder: string): Promise<GitServer> {
  const server = createServer((request, response) => {
    const isAsking = request.url?.startsWith("/permissions.git/info/refs") === true;
    const protocol = String(request.headers["git-protocol"] ?? "");
    const asked = isAsking ? ["--http-backend-info-refs"] : [];
    const child = spawn("git", ["upload-pack", "--stateless-rpc", ...asked, folder], {
      env: { PATH: process.env["PATH"], GIT_PROTOCOL: protocol, GIT_CONFIG_NOSYSTEM: "1", HOME: folder },
      stdio: ["pipe", "pipe", "ignore"],
    });
    const what = isAsking ? "advertisement" : "result";
    response.writeHead(200, { "content-type": `application/x-git-upload-pack-${what}` });
    // Before version 2 of the protocol the answer begins with the name of the service.
    if (isAsking && !protocol.includes("version=2")) response.write("001e# service=git-upload-pack\n0000");
    const isGzip = request.headers["content-encoding"] === "gzip";
    (isGzip ? request.pipe(createGunzip()) : request).pipe(child.stdin);
    child.stdout.pipe(response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/permissions.git`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
