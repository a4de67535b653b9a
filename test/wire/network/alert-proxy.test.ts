import { writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { ProxySettings } from "../../../src/model/network/proxy.ts";
import { proxiedFetch } from "../../../src/network/proxied-fetch.ts";
import { proxyRoutes } from "../../../src/network/proxy-routes.ts";
import { WebhookSink } from "../../../src/record/sinks/webhook.ts";
import { messageAbout, outgoingOf } from "../../support/alerts/outgoing.ts";
import { EVENTS } from "../../unit/record/settlements.ts";
import { testClock } from "../../store/engines.ts";
import { PrivateNetwork } from "../../support/network/private-network.ts";

const HOST = "hooks.example.com";

let network: PrivateNetwork;
let received: string[];

beforeEach(async () => {
  network = await PrivateNetwork.start({ hosts: [HOST] });
  received = [];
  network.serve = (request, response) => {
    received.push(`${request.method} ${request.headers.host}${request.url}`);
    response.writeHead(204).end();
  };
  network.trust();
});

afterEach(() => network.stop());

async function send(settings: ProxySettings, url = `https://${HOST}/hook`): Promise<void> {
  const secretFile = join(network.folder, "secret");
  writeFileSync(secretFile, "s3cret");
  const tools = { clock: testClock(), fetch: proxiedFetch(proxyRoutes(settings, {})) };
  const outgoing = outgoingOf(messageAbout(EVENTS.held));
  const delivery = await new WebhookSink({ url, secretFile }, tools).deliver(
    outgoing,
    AbortSignal.timeout(5_000),
  );
  if (delivery.kind === "delivered") return;
  throw new Error(`${delivery.problem.cause}; ${delivery.problem.fix}`);
}

function withLogin(text: string): ProxySettings {
  const file = join(network.folder, "login");
  writeFileSync(file, text);
  const server = { url: network.proxyUrl, login: { kind: "file", file } } as const;
  return network.settings({ https: server, http: server });
}

describe("an alert through a proxy", () => {
  test("arrives through a tunnel", async () => {
    await send(network.settings());

    expect(received).toEqual([`POST ${HOST}/hook`]);
    expect(network.tunnels).toEqual([`${HOST}:443`]);
  });

  test("sends the login of the file", async () => {
    network.login = { user: "ann", password: "p:w" };

    await send(withLogin("ann:p:w\n"));

    expect(received).toHaveLength(1);
  });

  test.each([
    {
      because: "a missing login",
      settings: () => network.settings(),
      text: /asks for a user and a password \(407\); write USER:PASSWORD into a file/,
    },
    {
      because: "a wrong login",
      settings: () => withLogin("ann:wrong"),
      text: /rejects the user or the password \(407\)/,
    },
  ])("names $because", async ({ settings, text }) => {
    network.login = { user: "ann", password: "secret" };

    await expect(send(settings())).rejects.toThrow(text);
  });

  test("names a proxy that denies the host, and one that cannot be reached", async () => {
    network.refusal = 403;
    await expect(send(network.settings())).rejects.toThrow(/does not allow the connection \(403\)/);

    const server = { url: "http://127.0.0.1:1", login: { kind: "none" } } as const;
    await expect(send(network.settings({ https: server }))).rejects.toThrow(
      /cannot be reached \(ECONNREFUSED\)/,
    );
  });

  test("to a server with a certificate that is not trusted names network.caFile, with and without a proxy", async () => {
    const other = await PrivateNetwork.start({ hosts: [HOST] });

    await expect(send(other.settings())).rejects.toThrow(/network\.caFile/);
    await other.stop();
  });
});

describe("an alert over plain http", () => {
  let server: Server;

  beforeEach(async () => {
    server = createServer((request, response) => {
      received.push(`${request.method} ${request.url}`);
      response.writeHead(204).end();
    });
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  });

  afterEach(() => new Promise((closed) => server.close(closed)));

  test("to this machine goes directly", async () => {
    await send(network.settings(), `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`);

    expect(received).toEqual(["POST /hook"]);
  });

  test("names a missing login, which looks like an answer of the server", async () => {
    network.login = { user: "ann", password: "secret" };

    await expect(send(network.settings(), "http://hooks.example.com/hook")).rejects.toThrow(
      /asks for a user and a password \(407\)/,
    );
    expect(network.tunnels).toEqual([]);
  });
});
