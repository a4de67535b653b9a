import { readFileSync, writeFileSync } from "node:fs";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import type { ProxySettings } from "../../../src/model/network/proxy.ts";
import { proxyRoutes } from "../../../src/network/proxy-routes.ts";
import { Bench } from "../../support/git/git-source.ts";
import { failure } from "../../support/git/hostile-bench.ts";
import { HAS_SSHD, SshServer } from "../../support/git/ssh-server.ts";
import { PrivateNetwork } from "../../support/network/private-network.ts";

const HOST = "git.example.com";
const { signal } = new AbortController();

// Without the server the tests are skipped by name; in CI, which installs it, they run and fail.
const withServer = HAS_SSHD ? describe : describe.skip;

withServer(
  HAS_SSHD
    ? "Git over ssh through a proxy"
    : "Git over ssh through a proxy (skipped: sshd is not installed here)",
  () => {
    let server: SshServer;
    let bench: Bench;
    let network: PrivateNetwork;
    let path: string;

    beforeAll(async () => {
      server = await SshServer.start(await mkdtemp(join(tmpdir(), "sshd-")));
      const key = readFileSync(join(server.folder, "host.pub"), "utf8");
      writeFileSync(join(server.folder, "hosts"), `[${HOST}]:2222 ${key}${HOST} ${key}`);
    });

    afterAll(async () => {
      await server.end();
      await rm(server.folder, { recursive: true });
    });

    beforeEach(async () => {
      bench = await Bench.open();
      const repository = await bench.repository();
      await repository.commit({ "teams/orders/a.yaml": "a: 1\n" });
      path = repository.bare;
      network = await PrivateNetwork.start({ hosts: [HOST] });
      network.tunnelPort = server.port;
    });

    // Fails when a process of a source is left.
    afterEach(async () => {
      await network.stop();
      await bench.end();
    });

    function source(settings: ProxySettings = network.settings(), port = ":2222") {
      return bench.source({
        url: `ssh://${userInfo().username}@${HOST}${port}${path}`,
        auth: {
          kind: "ssh",
          privateKeyFile: join(server.folder, "client"),
          knownHostsFile: join(server.folder, "hosts"),
        },
        routes: proxyRoutes(settings, {}),
      });
    }

    function withLogin(text: string): ProxySettings {
      const file = join(network.folder, "login");
      writeFileSync(file, text);
      return network.settings({ https: { url: network.proxyUrl, login: { kind: "file", file } } });
    }

    test("reads the repository through a tunnel to its port, and no copy of a secret remains", async () => {
      const { files } = await source().latest(signal);

      expect(files).toHaveLength(1);
      expect(new Set(network.tunnels)).toEqual(new Set([`${HOST}:2222`]));
      expect((await readdir(bench.mirrorDir)).filter((name) => name.startsWith("ssh-"))).toEqual([]);
    });

    test("asks for port 22 if the URL has none", async () => {
      await source(network.settings(), "").latest(signal);

      expect(new Set(network.tunnels)).toEqual(new Set([`${HOST}:22`]));
    });

    test("sends the login of the file", async () => {
      network.login = { user: "ann@corp", password: "p%3A/w#'?" };

      const { files } = await source(withLogin("ann@corp:p%3A/w#'?\n")).latest(signal);

      expect(files).toHaveLength(1);
    });

    test("names a wrong login without showing it", async () => {
      network.login = { user: "ann", password: "secret" };
      const error = await failure(source(withLogin("ann:wrong-password\n")));

      expect(error).toMatchObject({
        code: "proxy-auth",
        fix: expect.stringContaining("network.proxy.loginFile"),
      });
      expect(error.message).not.toContain("wrong-password");
    });

    test.each([
      { status: 401, code: "proxy-auth" },
      { status: 403, code: "proxy-denied" },
      { status: 502, code: "proxy-failed" },
    ])("names a proxy that answers $status", async ({ status, code }) => {
      network.refusal = status;

      expect(await failure(source())).toMatchObject({ code });
    });

    test("names a proxy that cannot be reached", async () => {
      const settings = network.settings({ https: { url: "http://127.0.0.1:1", login: { kind: "none" } } });

      expect(await failure(source(settings))).toMatchObject({
        code: "proxy-failed",
        message: expect.stringContaining("ECONNREFUSED"),
      });
    });

    test.each([
      { because: "answers something else", answer: "SSH-2.0-OpenSSH_10.0\r\n\r\n", text: "is not HTTP" },
      { because: "answers without an end", answer: "x".repeat(20_000), text: "is not HTTP" },
      { because: "closes the connection", answer: null, text: "closes the connection" },
    ])("names a proxy that $because", async ({ answer, text }) => {
      const other = await listening((socket) => (answer === null ? socket.end() : socket.write(answer)));
      const { port } = other.address() as AddressInfo;
      const settings = network.settings({
        https: { url: `http://127.0.0.1:${port}`, login: { kind: "none" } },
      });

      const error = await failure(source(settings));
      other.close();

      expect(error).toMatchObject({ code: "proxy-failed", message: expect.stringContaining(text) });
    });

    test("still refuses a host key that is not listed: the proxy cannot pose as the server", async () => {
      writeFileSync(
        join(server.folder, "hosts-of-others"),
        `[${HOST}]:2222 ${readFileSync(join(server.folder, "other-host.pub"), "utf8")}`,
      );
      const posing = bench.source({
        url: `ssh://${userInfo().username}@${HOST}:2222${path}`,
        auth: {
          kind: "ssh",
          privateKeyFile: join(server.folder, "client"),
          knownHostsFile: join(server.folder, "hosts-of-others"),
        },
        routes: proxyRoutes(network.settings(), {}),
      });

      expect(await failure(posing)).toMatchObject({ code: "host-key-changed" });
    });

    test("is not used for a server of noProxy", async () => {
      await failure(source(network.settings({ noProxy: [`${HOST}:2222`] })));

      expect(network.tunnels).toEqual([]);
    });
  },
);

async function listening(serve: (socket: Socket) => void): Promise<Server> {
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    serve(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}
