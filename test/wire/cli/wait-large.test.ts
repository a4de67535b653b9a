import { ApiCli } from "../../support/screens/api-cli.ts";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { describe, expect, test } from "@jest/globals";
import { BASE_PATH } from "../../../src/api/group.ts";
import type { Key } from "../../../src/model/keys/key.ts";
import { ORDERS_API, ORDERS_JOBS } from "../../support/screens/world-keys.ts";
import { record } from "../../support/screens/world-states.ts";
import { cli } from "../../support/screens/cli.ts";
import { NOW } from "../../support/fakes/fake-control.ts";
import { LOCAL_TOKEN } from "../../support/screens/http-server.ts";
import { DONE, TARGET, fetched, PENDING } from "../../support/screens/reconcile-cli.ts";

const api = new ApiCli();

/** Passes requests on, and notes each path with the bytes of its answer. */
async function countingProxy(target: string): Promise<Proxy> {
  const answers: { path: string; bytes: number }[] = [];
  const pass = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method = "GET", url = "", headers } = request;
    const body = await text(request);
    const answer = await fetch(`${target}${url}`, {
      method,
      headers: { authorization: headers.authorization ?? "", "content-type": "application/json" },
      ...(method === "POST" && { body }),
    });
    const answered = await answer.text();
    answers.push({ path: url.replace(BASE_PATH, ""), bytes: answered.length });
    response.writeHead(answer.status, { "content-type": "application/json" }).end(answered);
  };
  const proxy = createServer((request, response) => void pass(request, response));
  proxy.listen(0, "127.0.0.1");
  await once(proxy, "listening");
  const { port } = proxy.address() as AddressInfo;
  const close = async (): Promise<void> => {
    proxy.closeAllConnections();
    proxy.close();
    await once(proxy, "close");
  };
  return { url: `http://127.0.0.1:${port}`, answers, close };
}

interface Proxy {
  readonly url: string;
  readonly answers: readonly { readonly path: string; readonly bytes: number }[];
  readonly close: () => Promise<void>;
}

describe("a wait in an installation of 2,000 targets", () => {
  const others = Array.from({ length: 2_000 }, (_, at) => `${ORDERS_JOBS}-${at}` as Key);

  test.each([
    { argv: ["reconcile", TARGET, "--wait"], because: "a reconcile" },
    { argv: ["wait", TARGET], because: "a wait" },
  ])("asks again only for what it waits for: $because", async ({ argv }) => {
    const records = [record(ORDERS_API, PENDING), ...others.map((key) => record(key))];
    const server = await api.start({ state: fetched({ records }) });
    server.control.reconciled = () => DONE;
    const proxy = await countingProxy(server.url);
    let nowMs = Date.parse(NOW);
    const clock = { nowMs: () => nowMs, sleep: async (ms: number) => void (nowMs += ms) };
    const env = { GRANTKEEPER_TOKEN: LOCAL_TOKEN };
    const { code } = await cli([...argv, "--timeout", "10s", "--server", proxy.url], { env, clock });
    await proxy.close();
    const { answers } = proxy;
    const repeated = answers.filter(({ path }) => /^.(bindings|plans)/.test(path) && path.includes("keys="));
    const entire = answers.filter(
      ({ path }) => /^.(bindings|plans|events|overview)/.test(path) && !path.includes("keys="),
    );

    expect(code).toBe(3);
    expect(repeated.length).toBeGreaterThan(20);
    expect(Math.max(...repeated.map(({ bytes }) => bytes))).toBeLessThan(20_000);
    // To resolve the target, one page of 500 each; the rest is a handful for every duration.
    expect(entire.length).toBeLessThanOrEqual(14);
  });

  test("names three of those that a reconcile waits for, with the count of the rest", async () => {
    const server = await api.start({ state: fetched() });
    server.control.reconciled = () => ({ ...DONE, keys: null, done: false, waitingFor: others });
    const proxy = await countingProxy(server.url);
    let nowMs = Date.parse(NOW);
    const clock = { nowMs: () => nowMs, sleep: async (ms: number) => void (nowMs += ms) };
    const env = { GRANTKEEPER_TOKEN: LOCAL_TOKEN };
    const argv = ["reconcile", "--all", "--wait", "--timeout", "10s", "--server", proxy.url];
    const { err } = await cli(argv, { env, clock });
    await proxy.close();
    const polls = proxy.answers.filter(({ path }) => path.includes("names=3"));

    expect(err).toContain("and 1997 more");
    expect(polls.length).toBeGreaterThan(15);
    expect(Math.max(...polls.map(({ bytes }) => bytes))).toBeLessThan(1_000);
  });
});
