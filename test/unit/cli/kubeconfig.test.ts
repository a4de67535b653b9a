import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { parse } from "yaml";
import { cli, TEST_CONFIG, type CliRun, type CliSetting } from "../../support/screens/cli.ts";

const AUTHORITY = "-----BEGIN CERTIFICATE-----\nabc\n-----END CERTIFICATE-----\n";
const DATA = Buffer.from(AUTHORITY).toString("base64");

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "kubeconfig-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function config(host: string, port = 8443): typeof TEST_CONFIG {
  return { ...TEST_CONFIG, http: { ...TEST_CONFIG.http, tls: { host, port } } };
}

function kubeconfig(args: readonly string[], setting: CliSetting = {}): Promise<CliRun> {
  return cli(["kubeconfig", ...args], setting);
}

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

describe("on the controller's machine", () => {
  const installation = { config: config("127.0.0.1"), apiAuthority: async () => AUTHORITY };

  test("server, authority and the file of the local token are those of the operator's file", async () => {
    const { code, out } = await kubeconfig(["--config", "gk.yaml"], { installation });

    expect(code).toBe(0);
    expect(parse(out)).toEqual({
      apiVersion: "v1",
      kind: "Config",
      clusters: [
        {
          name: "grantkeeper",
          cluster: { server: "https://127.0.0.1:8443", "certificate-authority-data": DATA },
        },
      ],
      users: [{ name: "grantkeeper", user: { tokenFile: "/var/lib/grantkeeper/api-token" } }],
      contexts: [{ name: "grantkeeper", context: { cluster: "grantkeeper", user: "grantkeeper" } }],
      "current-context": "grantkeeper",
    });
  });

  test.each([
    { host: "0.0.0.0", server: "https://localhost:8443" },
    { host: "::", server: "https://localhost:8443" },
    { host: "2001:db8::1", server: "https://[2001:db8::1]:8443" },
    { host: "gk.example.com", server: "https://gk.example.com:8443" },
  ])("a listener on $host is reached at $server", async ({ host, server }) => {
    const { out } = await kubeconfig(["--config", "gk.yaml"], {
      installation: { ...installation, config: config(host) },
    });

    expect(parse(out)).toMatchObject({ clusters: [{ cluster: { server } }] });
  });

  test("a certificate that systems trust needs no authority", async () => {
    const { out } = await kubeconfig(["--config", "gk.yaml"], {
      installation: { ...installation, apiAuthority: async () => null },
    });

    expect(out).not.toContain("certificate-authority-data");
  });

  test("without a listener with TLS, the hint is the line that adds one", async () => {
    const { code, err } = await kubeconfig(["--config", "gk.yaml"], {
      installation: { ...installation, config: TEST_CONFIG },
    });

    expect(code).toBe(1);
    expect(err).toContain('add "http: {tls: {}}" to grantkeeper.yaml');
  });
});

describe("elsewhere", () => {
  const server = ["--server", "https://gk.example.com:8443/"];

  test("the file of the token is named by its absolute path, and never read", async () => {
    const args = [...server, "--token-file", "none/token", "--name", "prod"];

    const { out } = await kubeconfig([...args, "--ca-file", file("ca.pem", AUTHORITY)]);

    expect(parse(out)).toMatchObject({
      clusters: [
        {
          name: "prod",
          cluster: { server: "https://gk.example.com:8443", "certificate-authority-data": DATA },
        },
      ],
      users: [{ user: { tokenFile: join(process.cwd(), "none/token") } }],
    });
  });

  test("a token is in the output only with --embed-token: of its file, or of the environment", async () => {
    const args = [...server, "--embed-token"];
    const env = { GRANTKEEPER_TOKEN: "from-the-environment" };

    const ofFile = await kubeconfig([...args, "--token-file", file("token", "from-a-file\n")], { env });
    const ofEnvironment = await kubeconfig(args, { env });
    const refused = await kubeconfig(server, { env });

    expect(parse(ofFile.out)).toMatchObject({ users: [{ user: { token: "from-a-file" } }] });
    expect(parse(ofEnvironment.out)).toMatchObject({ users: [{ user: { token: "from-the-environment" } }] });
    expect(refused).toMatchObject({ code: 1, out: "", err: expect.stringContaining("--token-file FILE") });
  });

  test.each(["http://gk.example.com", "gk.example.com:8443", "https://user:secret@gk.example.com"])(
    "%s is no listener with TLS",
    async (url) => {
      const { code, err } = await kubeconfig(["--server", url, "--token-file", "t"]);

      expect(code).toBe(1);
      expect(err).toContain("kubectl sends no token over plain HTTP");
      expect(err).not.toContain("secret");
    },
  );

  test.each(["--ca-file", "--token-file"])("%s that cannot be read is named", async (option) => {
    const args = [...server, "--token-file", "t", "--embed-token", option, join(folder, "none")];

    expect(await kubeconfig(args)).toMatchObject({ code: 1, err: expect.stringContaining("(ENOENT)") });
  });
});
