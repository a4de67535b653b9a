import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test } from "@jest/globals";
import { ApiCli } from "../../support/screens/api-cli.ts";
import { fakeState } from "../../support/screens/api-world.ts";
import { cli, TEST_CONFIG } from "../../support/screens/cli.ts";

const api = new ApiCli();

describe("probing a controller", () => {
  test.each([
    { argv: ["probe"], ready: false, code: 0, out: "live\n", because: "one that is not ready lives" },
    { argv: ["probe", "live"], ready: true, code: 0, out: "live\n", because: "live is the default" },
    { argv: ["probe", "ready"], ready: true, code: 0, out: "ready\n", because: "a ready one is ready" },
  ])("$because", async ({ argv, ready, code, out }) => {
    expect(await api.run(argv, { state: { ...fakeState(), ready } }, { env: {} })).toEqual({
      code,
      out,
      err: "",
    });
  });

  test("one that is not ready names what it waits for, and exits with 3", async () => {
    const state = { ...fakeState(), ready: false };
    const { code, out } = await api.run(["probe", "ready"], { state });
    const json = await api.run(["probe", "ready", "-o", "json"]);

    const { ready, waitingFor } = JSON.parse(json.out) as { ready: boolean; waitingFor: readonly string[] };
    expect({ ready, code }).toEqual({ ready: false, code: 3 });
    expect(waitingFor.length).toBeGreaterThan(0);
    expect(out).toBe(`not ready: waiting for ${waitingFor.join(", ")}\n`);
  });

  test("a ready one names the accounts that are not compared yet, and exits with 0", async () => {
    const state = { ...fakeState(), ready: true };
    const server = await api.start({ state });
    server.control.comparing = [
      { account: "dev", failing: "iam:ListRoles: AccessDenied" },
      { account: "prod", failing: null },
    ];

    const { code, out } = await api.run(["probe", "ready"]);

    expect(code).toBe(0);
    expect(out).toBe(
      "ready\nnote:  account dev is not compared yet since the start, and its reads fail: iam:ListRoles: AccessDenied\n" +
        "note:  account prod is not compared yet since the start\n",
    );
  });

  test("that is not there exits with 4", async () => {
    const { code, err } = await cli(["probe", "--config", "gk.yaml"], {
      installation: { config: TEST_CONFIG },
    });

    expect(code).toBe(4);
    expect(err).toContain("cannot reach the controller");
  });
});

describe("probing another server", () => {
  let server: Server;
  afterEach(async () => {
    server.closeAllConnections();
    await new Promise<void>((resolve) => void server.close(() => resolve()));
  });

  async function answering(status: number | null, body: string): Promise<string> {
    server = createServer((_, response) => {
      if (status !== null) response.writeHead(status, { location: "/elsewhere" }).end(body);
    });
    await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  test("an answer that does not name the accounts does not claim that all are compared", async () => {
    const url = await answering(200, '{"ready":true}');

    const { code, out } = await cli(["probe", "ready", "-o", "json", "--server", url]);

    expect(code).toBe(0);
    expect(JSON.parse(out)).toEqual({ ready: true, waitingFor: [], comparing: null });
  });

  test.each([
    { what: "live", status: 200, body: "ok", because: "a body that is not JSON" },
    { what: "live", status: 200, body: "{}", because: "JSON of another program" },
    { what: "live", status: 503, body: '{"status":"ok"}', because: "a failure" },
    { what: "live", status: 302, body: "", because: "a redirect" },
    { what: "ready", status: 200, body: '{"ready":false}', because: "a status against its body" },
    { what: "ready", status: 200, body: '{"status":"ok"}', because: "the answer to another question" },
    { what: "ready", status: 500, body: '{"ready":true}', because: "an error" },
    { what: "live", status: null, body: "", because: "no answer in time" },
  ])("never passes: $because", async ({ what, status, body }) => {
    const url = await answering(status, body);

    const { code, out } = await cli(["probe", what, "--server", url, "--timeout", "1s"]);

    expect({ code, out }).toEqual({ code: 4, out: "" });
  });
});
