import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { proxiedFetch } from "../../../src/network/proxied-fetch.ts";
import { proxyRoutes } from "../../../src/network/proxy-routes.ts";
import { post, type PostResult } from "../../../src/telemetry/otlp/post.ts";
import { PrivateNetwork } from "../../support/network/private-network.ts";

const HOST = "otel.example.com";

let network: PrivateNetwork;
let received: string[];

beforeEach(async () => {
  network = await PrivateNetwork.start({ hosts: [HOST] });
  received = [];
  network.serve = (request, response) => {
    received.push(`${request.method} ${request.url} ${request.headers.authorization}`);
    response.end("{}");
  };
});
afterEach(() => network.stop());

function send(): Promise<PostResult> {
  const tools = {
    fetch: proxiedFetch(proxyRoutes(network.settings(), {})),
    headers: async () => ({ authorization: "Bearer t" }),
    timeoutMs: 5_000,
  };
  const request = { url: `https://${HOST}/v1/metrics`, body: { resourceMetrics: [] } };
  return post(request, tools, AbortSignal.timeout(10_000));
}

describe("telemetry through a proxy", () => {
  test("arrives through a tunnel at a collector of a private authority", async () => {
    network.trust();

    expect(await send()).toEqual({ kind: "accepted", rejected: 0 });
    expect(received).toEqual(["POST /v1/metrics Bearer t"]);
    expect(network.tunnels).toEqual([`${HOST}:443`]);
  });

  test("is not sent to a collector whose authority is not trusted, and is tried again", async () => {
    expect(await send()).toMatchObject({ kind: "retry" });
    expect(received).toEqual([]);
  });

  test("is tried again while the proxy refuses the host", async () => {
    network.trust();
    network.refusal = 403;

    expect(await send()).toMatchObject({ kind: "retry" });
    expect(received).toEqual([]);
  });
});
