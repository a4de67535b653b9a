import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { setDefaultCACertificates } from "node:tls";
import { afterEach, describe, expect, test } from "@jest/globals";
import { PUBLIC_AWS } from "../../../src/aws/requests/clients.ts";
import type { ProxySettings } from "../../../src/model/network/proxy.ts";
import { proxyRoutes } from "../../../src/network/proxy-routes.ts";
import { Authority } from "../../support/network/authority.ts";
import { PrivateNetwork, trustFile } from "../../support/network/private-network.ts";
import { seed } from "../aws/access-world.ts";
import { never, startAwsWorld, type AwsWorld } from "../aws/aws-world.ts";

const HOSTS = ["*.us-east-1.amazonaws.com", "*.eu-west-1.amazonaws.com", "iam.amazonaws.com"];

let network: PrivateNetwork;
let world: AwsWorld;

afterEach(async () => {
  await world.stop();
  await network.stop();
});

interface Given {
  readonly proxy?: (network: PrivateNetwork) => ProxySettings;
  readonly expired?: true;
  readonly hosts?: readonly string[];
}

/** AWS under its own host names, which only the proxy reaches; its answers come from the simulator. */
async function start({ proxy = (at) => at.settings(), ...options }: Given = {}): Promise<void> {
  network = await PrivateNetwork.start({ hosts: HOSTS, ...options });
  const routes = proxyRoutes(proxy(network), {});
  world = await startAwsWorld(seed, { aws: { network: { ...PUBLIC_AWS, routes } } });
  network.forwardTo(world.simulator.endpoint);
  network.trust();
}

/** What `doctor` shows of the first call, which asks who the process is. */
async function firstCheck(): Promise<{ readonly outcome: string; readonly detail: string | null }> {
  const [first] = await world.aws.doctor.examine(world.account, never());
  if (first === undefined) throw new Error("no check");
  return first;
}

/** Resolves when the proxy has seen the ends of these connections; else the test fails by its time limit. */
async function closed(connections: readonly number[]): Promise<void> {
  while (network.connections.some((id) => connections.includes(id))) await setImmediate();
}

describe("AWS through a proxy", () => {
  test("is called at its own hosts, each through a tunnel, and the account is read", async () => {
    await start();

    const checks = await world.aws.doctor.examine(world.account, never());

    expect(checks.filter(({ outcome }) => outcome !== "passed")).toEqual([]);
    expect([...new Set(network.tunnels)].toSorted()).toEqual([
      "events.eu-west-1.amazonaws.com:443",
      "iam.amazonaws.com:443",
      "lambda.eu-west-1.amazonaws.com:443",
      "sts.us-east-1.amazonaws.com:443",
      "tagging.eu-west-1.amazonaws.com:443",
    ]);
  });

  test("sends the login of the file, and a rotated one without a restart", async () => {
    const file = () => join(network.folder, "login");
    await start({
      proxy: (at) => {
        const server = { url: at.proxyUrl, login: { kind: "file", file: join(at.folder, "login") } } as const;
        return at.settings({ https: server });
      },
    });
    network.login = { user: "grantkeeper", password: "p@ss:word" };
    writeFileSync(file(), "grantkeeper:p@ss:word\n");
    expect(await firstCheck()).toMatchObject({ outcome: "passed" });

    const before = network.connections;
    network.login = { user: "grantkeeper", password: "next" };
    writeFileSync(file(), "grantkeeper:next\n");
    expect(await firstCheck()).toMatchObject({ outcome: "passed" });
    await closed(before);
    expect(before).not.toEqual([]);
    expect(network.connections).not.toEqual([]);

    writeFileSync(file(), "grantkeeper:wrong\n");
    expect(await firstCheck()).toMatchObject({
      outcome: "failed",
      detail: expect.stringMatching(
        /ProxyPasswordRejected: the proxy .* rejects the user or the password \(407\); correct/,
      ),
    });

    writeFileSync(file(), "no colon\n");
    expect((await firstCheck()).detail).toContain("it is not one line USER:PASSWORD");
  });

  test.each([
    {
      because: "a proxy that asks for a password names the file to set",
      change: (at: PrivateNetwork) => (at.login = { user: "a", password: "b" }),
      detail:
        /ProxyPasswordMissing: .*asks for a user and a password \(407\); write USER:PASSWORD into a file and name it in network\.proxy\.loginFile$/,
    },
    {
      because: "a proxy that answers 401 to a wrong password, as tinyproxy does, is understood",
      change: (at: PrivateNetwork) => (at.refusal = 401),
      detail:
        /ProxyPasswordRejected: .*rejects the user or the password \(401\); correct network\.proxy\.loginFile/,
    },
    {
      because: "a proxy that forbids the host is named, with what to allow",
      change: (at: PrivateNetwork) => (at.refusal = 403),
      detail:
        /ProxyDenied: .*does not allow the connection \(403\); allow the host and its port on the proxy/,
    },
    {
      because: "a proxy that does not reach the host is named",
      change: (at: PrivateNetwork) => (at.refusal = 502),
      detail: /ProxyFailed: .*could not connect \(502\); check that the proxy resolves/,
    },
  ])("$because", async ({ change, detail }) => {
    await start();
    change(network);

    expect(await firstCheck()).toMatchObject({ outcome: "failed", detail: expect.stringMatching(detail) });
  });

  test("names a proxy that is not there", async () => {
    const server = { url: "http://127.0.0.1:1", login: { kind: "none" } } as const;
    await start({ proxy: (at) => at.settings({ https: server }) });

    expect((await firstCheck()).detail).toMatch(
      /ProxyUnreachable: the proxy http:\/\/127\.0\.0\.1:1 cannot be reached \(ECONNREFUSED\); check network\.proxy\.url/,
    );
  });

  test("is not used for the simulator on this machine", async () => {
    network = await PrivateNetwork.start({ hosts: HOSTS });
    world = await startAwsWorld(seed, { routes: proxyRoutes(network.settings(), {}) });

    expect(await firstCheck()).toMatchObject({ outcome: "passed" });
    expect(network.tunnels).toEqual([]);
  });
});

describe("a private authority", () => {
  test("that is not trusted is named with network.caFile, through a proxy too", async () => {
    await start();
    setDefaultCACertificates([]);

    expect((await firstCheck()).detail).toMatch(
      /UntrustedCertificate: no trusted authority has issued the server's certificate; .*network\.caFile/,
    );
  });

  test("other than that of the server is not trusted either", async () => {
    await start();
    const other = new Authority(network.folder, "other");
    setDefaultCACertificates([]);
    trustFile(other.caFile);

    expect((await firstCheck()).detail).toContain("UntrustedCertificate");
  });

  test("with an expired certificate of a server is named", async () => {
    await start({ expired: true });

    expect((await firstCheck()).detail).toMatch(/ExpiredCertificate: .*has expired; renew the certificate/);
  });

  test("with a certificate for other names is named", async () => {
    await start({ hosts: ["other.example.com"] });

    expect((await firstCheck()).detail).toMatch(/WrongCertificate: the certificate is for another host name/);
  });
});

describe("an endpoint of another region", () => {
  test("is named with the settings to correct, and is not taken for missing access", async () => {
    await start();
    const { endpoint } = world.simulator;
    network.forwardTo(endpoint);
    const serve = network.serve;
    network.serve = (request, response) => {
      if (!request.headers.host?.startsWith("lambda.")) return serve(request, response);
      const message = "Credential should be scoped to a valid region, not 'eu-west-1'. ";
      response
        .writeHead(403, { "x-amzn-errortype": "InvalidSignatureException" })
        .end(JSON.stringify({ message }));
    };

    const checks = await world.aws.doctor.examine(world.account, never());

    const failed = checks.filter(({ outcome }) => outcome === "failed");
    expect(new Set(failed.map(({ region }) => region))).toEqual(new Set(["eu-west-1"]));
    expect(failed[0]?.detail).toMatch(
      /InvalidSignature: Credential should be scoped .*; the endpoint that answers belongs to another service or region: correct aws\.endpoints/,
    );
  });
});
