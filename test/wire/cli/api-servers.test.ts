import { ApiCli } from "../../support/screens/api-cli.ts";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { cli, TEST_CONFIG } from "../../support/screens/cli.ts";
import { LOCAL_TOKEN, ORDERS_TOKEN, READER_TOKEN } from "../../support/screens/http-server.ts";

const api = new ApiCli();

describe("tokens", () => {
  test("a missing, a wrong and an insufficient one have different errors, each with its fix", async () => {
    const none = await api.run(["get", "fp"], {}, { env: {} });
    const wrong = await api.run(["get", "fp"], {}, { env: { GRANTKEEPER_TOKEN: "x".repeat(40) } });
    const reader = await api.run(["reconcile", "--all"], {}, { env: { GRANTKEEPER_TOKEN: READER_TOKEN } });

    expect(none.err).toContain("hint:  set GRANTKEEPER_TOKEN\n");
    expect(wrong.err).toContain("is it of this controller, and not expired?");
    expect(reader.err).toContain("use a token with that scope and namespace");
    expect([none.code, wrong.code, reader.code]).toEqual([4, 4, 4]);
  });

  test("of one team see that team alone", async () => {
    const { out } = await api.run(["get", "bindings"], {}, { env: { GRANTKEEPER_TOKEN: ORDERS_TOKEN } });

    expect(out).toContain("orders/orders-api");
    expect(out).not.toContain("payments");
  });
});

describe("the address in a grantkeeper.yaml of the current folder", () => {
  const here = process.cwd();
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "gk-checkout-"));
    await writeFile(join(folder, "grantkeeper.yaml"), "");
    process.chdir(folder);
  });
  afterEach(async () => {
    process.chdir(here);
    await rm(folder, { recursive: true });
  });

  test("gets no token of the environment: in a checkout its author could be anyone", async () => {
    const installation = { config: TEST_CONFIG };
    const env = { GRANTKEEPER_TOKEN: LOCAL_TOKEN };

    const found = await cli(["status"], { installation, env });
    const named = await cli(["status", "--config", "grantkeeper.yaml"], { installation, env });

    expect([found.code, found.err]).toEqual([1, expect.stringContaining("its author would get the token")]);
    expect([named.code, named.err]).toEqual([4, expect.stringContaining("cannot reach the controller")]);
  });
});

describe("an unreachable controller", () => {
  test("is named with its address and with the command that starts it", async () => {
    const { code, err } = await cli(["status", "--config", "gk.yaml"], {
      installation: { config: TEST_CONFIG },
    });

    expect(code).toBe(4);
    expect(err).toMatch(
      /^error: http:\/\/127\.0\.0\.1:1: cannot reach the controller: .+\nhint: {2}start it with "grantkeeper run --config grantkeeper.yaml", or set --server\n$/,
    );
  });

  test("and has no address is an error that explains how to name it", async () => {
    expect((await cli(["status"])).err).toContain(
      "use --config FILE on the controller's machine, else --server URL and GRANTKEEPER_TOKEN",
    );
  });

  test.each([
    { url: "grantkeeper", expected: "is not the URL of a controller" },
    { url: "ftp://x", expected: "is not the URL of a controller" },
    { url: "https://user:secret@x", expected: "set the token in GRANTKEEPER_TOKEN" },
  ])("by the address $url is refused", async ({ url, expected }) => {
    const { code, err } = await cli(["status", "--server", url]);

    expect(code).toBe(1);
    expect(err).toContain(expected);
    expect(err).not.toContain("secret");
  });
});

describe("another server", () => {
  let other: Server;
  const seen: IncomingHttpHeaders[] = [];
  const listen = async (answer: {
    readonly status: number;
    readonly headers?: Record<string, string>;
    readonly body?: string;
  }): Promise<string> => {
    seen.length = 0;
    other = createServer((request, response) => {
      seen.push(request.headers);
      response.writeHead(answer.status, answer.headers).end(answer.body);
    });
    await new Promise<void>((resolve) => void other.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
  };
  afterEach(() => new Promise<void>((resolve) => void other.close(() => resolve())));

  test("never gets the token of the state directory", async () => {
    const url = await listen({ status: 401, body: "{}" });

    await cli(["status", "--server", url, "--config", "gk.yaml"], {
      installation: { localToken: async () => LOCAL_TOKEN },
    });

    expect(seen.map(({ authorization }) => authorization)).toEqual([undefined]);
  });

  test("that redirects does not get the token sent on", async () => {
    const server = await api.start();
    const url = await listen({
      status: 302,
      headers: { location: `${server.url}/apis/grantkeeper.dev/v1alpha1/overview` },
    });

    const { code, err } = await cli(["status", "--server", url], { env: { GRANTKEEPER_TOKEN: LOCAL_TOKEN } });

    expect(code).toBe(4);
    expect(err).toContain("answered 302, and not as Grantkeeper does");
  });

  test.each([
    { status: 200, body: "<html>", because: "a page" },
    { status: 502, body: "Bad gateway", because: "a proxy's word" },
    { status: 500, body: '{"kind":"Status"}', because: "a Status without a message" },
  ])("that answers with $because is not a controller", async ({ status, body }) => {
    const url = await listen({ status, body });

    expect((await cli(["status", "--server", url], { env: {} })).err).toContain(
      `answered ${status}, and not as Grantkeeper does`,
    );
  });

  test("cannot move the cursor with its messages", async () => {
    const message = "no\u001b[2J\u202e";
    const url = await listen({
      status: 500,
      body: JSON.stringify({ kind: "Status", reason: "InternalError", message }),
    });

    const { err } = await cli(["status", "--server", url], { env: {} });

    expect(err).toBe("error: no[2J\n");
  });
});
