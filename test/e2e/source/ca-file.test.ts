import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { connect, type AddressInfo } from "node:net";
import { join } from "node:path";
import { createServer, type Server } from "node:tls";
import { Bench } from "../../support/git/git-source.ts";
import { failure } from "../../support/git/hostile-bench.ts";

const { signal } = new AbortController();

describe("a server with a certificate of a private authority", () => {
  let bench: Bench;
  let server: Server;
  let url: string;

  beforeEach(async () => {
    bench = await Bench.open();
    await (await bench.repository()).commit({ "teams/orders/a.yaml": "a: 1\n" });
    const plain = new URL(await bench.serve());
    makeCertificate(bench.root);
    server = createServer(
      { key: readFileSync(join(bench.root, "tls.key")), cert: readFileSync(join(bench.root, "tls.pem")) },
      (socket) => {
        const to = connect(Number(plain.port), plain.hostname);
        for (const end of [socket, to]) end.on("error", () => undefined);
        socket.pipe(to).pipe(socket);
      },
    );
    // A client that does not trust the certificate ends the handshake.
    server.on("tlsClientError", () => undefined);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    url = `https://127.0.0.1:${(server.address() as AddressInfo).port}${plain.pathname}`;
  });

  afterEach(async () => {
    await new Promise((resolve) => server.close(resolve));
    await bench.end();
  });

  test("is read if caFile has the authority", async () => {
    const source = bench.source({ url, caFile: join(bench.root, "tls.pem") });

    expect((await source.latest(signal)).files).toHaveLength(1);
  });

  test("is not read otherwise, and the error names caFile", async () => {
    const error = await failure(bench.source({ url }));

    expect(error).toMatchObject({ code: "tls", fix: expect.stringContaining("caFile") });
  });

  test("is not read if caFile does not exist, and the error names it", async () => {
    const error = await failure(bench.source({ url, caFile: join(bench.root, "missing.pem") }));

    expect(error).toMatchObject({ code: "ca-unreadable", fix: expect.stringContaining("caFile") });
  });
});

function makeCertificate(folder: string): void {
  const options = ["-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"];
  const name = ["-subj", "/CN=test", "-addext", "subjectAltName=IP:127.0.0.1"];
  const files = ["-keyout", join(folder, "tls.key"), "-out", join(folder, "tls.pem")];
  execFileSync("openssl", ["req", ...options, ...name, ...files], { stdio: "ignore" });
}
