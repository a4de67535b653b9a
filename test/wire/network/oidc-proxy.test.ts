import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { discoverProvider } from "../../../src/http/sign-in/oidc-provider.ts";
import { proxiedFetch } from "../../../src/network/proxied-fetch.ts";
import { proxyRoutes } from "../../../src/network/proxy-routes.ts";
import { PrivateNetwork } from "../../support/network/private-network.ts";

const HOST = "login.example.com";
const ISSUER = `https://${HOST}`;

let network: PrivateNetwork;
let received: string[];

beforeEach(async () => {
  network = await PrivateNetwork.start({ hosts: [HOST] });
  received = [];
  network.serve = (request, response) => {
    received.push(`${request.method} ${request.url}`);
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ issuer: ISSUER, token_endpoint: `${ISSUER}/token` }));
  };
});
afterEach(() => network.stop());

function discover(): ReturnType<typeof discoverProvider> {
  return discoverProvider({
    issuer: ISSUER,
    clientId: "grantkeeper",
    clientSecret: async () => "secret",
    scopes: ["openid"],
    groupsClaim: "groups",
    grants: [],
    fetch: proxiedFetch(proxyRoutes(network.settings(), {})),
  });
}

describe("a provider of a private network", () => {
  test("is reached through the proxy, with the authority of the installation", async () => {
    network.trust();

    const provider = await discover();

    expect(provider.serverMetadata().token_endpoint).toBe(`${ISSUER}/token`);
    expect(received).toEqual(["GET /.well-known/openid-configuration"]);
    expect(network.tunnels).toEqual([`${HOST}:443`]);
  });

  test("whose authority is not trusted is named with the fix", async () => {
    await expect(discover()).rejects.toMatchObject({
      name: "ProviderError",
      message: expect.stringContaining(`the provider ${ISSUER} cannot be used`),
    });
    expect(received).toEqual([]);
  });

  test("that the proxy refuses is named with the reason", async () => {
    network.trust();
    network.refusal = 403;

    await expect(discover()).rejects.toMatchObject({
      name: "ProviderError",
      message: expect.stringContaining("(403)"),
    });
  });
});
