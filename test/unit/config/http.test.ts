import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { ConfigFile, SMALLEST } from "./config-file.ts";

let configFile: ConfigFile;

beforeEach(() => {
  configFile = new ConfigFile();
});

afterEach(() => configFile.remove());

const GRANT = `{group: ops, scopes: [read], namespaces: ["*"]}`;

interface OidcText {
  readonly issuer?: string;
  readonly more?: string;
  readonly grants?: string;
}

function oidc({ issuer = "https://login.example.com", more = "", grants = GRANT }: OidcText = {}): string {
  return `oidc: {issuer: "${issuer}", clientId: gk, clientSecretFile: secret, ${more}grants: [${grants}]}`;
}

const withHttp = (...fields: readonly string[]) => ({ text: `${SMALLEST}http: {${fields.join(", ")}}\n` });
const PUBLIC = 'publicUrl: "https://gk.example.com/"';

describe("the provider of sign-ins", () => {
  test("has safe defaults, and its secret is a file next to the configuration", () => {
    const { http } = configFile.loaded(withHttp(PUBLIC, oidc()));

    expect(http.publicUrl).toBe("https://gk.example.com");
    expect(http.oidc).toEqual({
      issuer: "https://login.example.com",
      clientId: "gk",
      clientSecretFile: join(configFile.folder, "secret"),
      scopes: ["openid", "profile", "email"],
      groupsClaim: "groups",
      grants: [{ group: "ops", scopes: ["read"], namespaces: ["*"] }],
    });
  });

  test("is none, and people have no address, unless the file has them", () => {
    expect(configFile.loaded({ text: SMALLEST }).http).toMatchObject({ publicUrl: null, oidc: null });
  });

  test.each([
    { fields: [oidc()], message: "http.oidc needs http.publicUrl, to which the provider sends people back" },
    {
      fields: [PUBLIC, oidc({ issuer: "http://login.example.com" })],
      message: "expected an https URL: http is allowed only to this machine",
    },
    {
      fields: [PUBLIC, oidc({ issuer: "https://login.example.com/.well-known/openid-configuration" })],
      message: "expected the issuer, without /.well-known/openid-configuration",
    },
    {
      fields: [PUBLIC, oidc({ issuer: "https://user:pass@login.example.com" })],
      message:
        "expected the https URL of the issuer, as its discovery document has it, such as https://login.example.com",
    },
    {
      fields: [PUBLIC, oidc({ more: "scopes: [profile], " })],
      message: 'expected "openid" among them',
    },
    {
      fields: [PUBLIC, oidc({ more: 'scopes: ["openid", "a b"], ' })],
      message: "expected the name of a scope of the provider",
    },
    {
      fields: [PUBLIC, oidc({ grants: "{group: ops, scopes: [admin], namespaces: [orders]}" })],
      message: 'expected "read", "reconcile", "suspend" or "approve"',
    },
    {
      fields: [PUBLIC, oidc({ grants: "{group: ops, scopes: [read], namespaces: [Orders]}" })],
      message: '"Orders" is not a namespace (expected the name of a team\'s folder or "*")',
    },
    {
      fields: ['publicUrl: "https://gk.example.com/page"'],
      message:
        "expected the https URL of the page for people, without a path, such as https://grantkeeper.example.com",
    },
    {
      fields: ['publicUrl: "http://gk.example.com"'],
      message: "expected an https URL: http is allowed only to this machine",
    },
  ])("is refused with $fields: $message", ({ fields, message }) => {
    expect(configFile.problems(withHttp(...fields))).toMatchObject([{ message }]);
  });

  test("has all of its problems reported together", () => {
    const wrong = oidc({ issuer: "nothing", more: "scopes: [], ", grants: "" });

    expect(configFile.problems(withHttp('publicUrl: "ftp://x"', wrong))).toHaveLength(4);
  });

  test("may be on this machine without TLS", () => {
    const { http } = configFile.loaded(
      withHttp('publicUrl: "http://localhost:8085"', oidc({ issuer: "http://127.0.0.1:5556/dex" })),
    );

    expect(http.publicUrl).toBe("http://localhost:8085");
  });
});

describe("the address of a replica", () => {
  test("is a URL without a path, and the environment overrides the file", () => {
    const { text } = withHttp('replicaUrl: "http://10.0.4.7:8085/"');

    expect(configFile.loaded({ text }).http.replicaUrl).toBe("http://10.0.4.7:8085");
    const env = { GRANTKEEPER_REPLICA_URL: "https://one.example.com" };
    expect(configFile.loaded({ text, env }).http).toMatchObject({
      replicaUrl: "https://one.example.com",
      port: 8085,
    });
  });

  test.each(["10.0.4.7:8085", "http://10.0.4.7/api", "http://u:p@10.0.4.7"])("is not %s", (text) => {
    expect(configFile.problems(withHttp(`replicaUrl: "${text}"`))).toMatchObject([
      { message: expect.stringContaining("expected the URL of the API of this replica") },
    ]);
  });
});

describe("trusted proxies", () => {
  test("are none by default", () => {
    expect(configFile.loaded({ text: SMALLEST }).http.trustedProxies).toEqual([]);
  });

  test("are addresses and networks", () => {
    const { http } = configFile.loaded(withHttp('trustedProxies: ["10.1.2.3", "10.0.0.0/8", "fd00::/8"]'));

    expect(http.trustedProxies).toEqual(["10.1.2.3", "10.0.0.0/8", "fd00::/8"]);
  });

  test.each(["proxy.example.com", "10.0.0.0/33", "0.0.0.0/0", "10.0.0.0/", "fe80::1%eth0", "::/129", "true"])(
    "are not %s",
    (text) => {
      expect(configFile.problems(withHttp(`trustedProxies: ["${text}"]`))).toMatchObject([
        { message: expect.stringContaining("expected an IP address, or a network such as 10.0.0.0/8") },
      ]);
    },
  );
});
