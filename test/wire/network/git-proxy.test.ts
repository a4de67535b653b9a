import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { ProxySettings } from "../../../src/model/network/proxy.ts";
import { proxyRoutes } from "../../../src/network/proxy-routes.ts";
import { Bench } from "../../support/git/git-source.ts";
import { failure } from "../../support/git/hostile-bench.ts";
import { PrivateNetwork } from "../../support/network/private-network.ts";

const HOST = "git.example.com";

let bench: Bench;
let network: PrivateNetwork;

beforeEach(async () => {
  bench = await Bench.open();
  await (await bench.repository()).commit({ "teams/orders/a.yaml": "a: 1\n" });
  network = await PrivateNetwork.start({ hosts: [HOST] });
  network.forwardTo(await bench.serve());
});

afterEach(async () => {
  await network.stop();
  await bench.end();
});

function source(settings: ProxySettings = network.settings()) {
  return bench.source({
    url: `https://${HOST}/permissions.git`,
    caFile: network.authority.caFile,
    routes: proxyRoutes(settings, {}),
  });
}

function withLogin(text: string): ProxySettings {
  const file = join(network.folder, "login");
  writeFileSync(file, text);
  return network.settings({ https: { url: network.proxyUrl, login: { kind: "file", file } } });
}

describe("Git over https through a proxy", () => {
  test("reads the repository through a tunnel", async () => {
    const { files } = await source().latest(new AbortController().signal);

    expect(files).toHaveLength(1);
    expect(new Set(network.tunnels)).toEqual(new Set([`${HOST}:443`]));
  });

  test("sends the login of the file", async () => {
    network.login = { user: "ann@corp", password: "p%3A/w#?" };

    const { files } = await source(withLogin("ann@corp:p%3A/w#?\n")).latest(new AbortController().signal);

    expect(files).toHaveLength(1);
  });

  test("names a missing login, and where to write it", async () => {
    network.login = { user: "ann", password: "secret" };

    expect(await failure(source())).toMatchObject({
      code: "proxy-auth",
      fix: expect.stringContaining("network.proxy.loginFile"),
    });
  });

  test("names a wrong login without showing it", async () => {
    network.login = { user: "ann", password: "secret" };
    const error = await failure(source(withLogin("ann:wrong-password\n")));

    expect(error).toMatchObject({ code: "proxy-auth" });
    expect(error.message).not.toContain("wrong-password");
  });

  test("names a file of the login that is missing", async () => {
    const login = { kind: "file", file: join(network.folder, "none") } as const;
    const settings = network.settings({ https: { url: network.proxyUrl, login } });

    expect(await failure(source(settings))).toMatchObject({
      code: "proxy-login",
      message: expect.stringContaining("ENOENT"),
    });
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
      code: "unreachable",
      fix: expect.stringContaining("proxy"),
    });
  });

  test("is not used for a server of noProxy", async () => {
    await failure(source(network.settings({ noProxy: ["example.com"] })));

    expect(network.tunnels).toEqual([]);
  });
});
