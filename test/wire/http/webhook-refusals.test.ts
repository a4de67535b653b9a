import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { hooksOf, rawExchange, startTestServer, type TestServer } from "../../support/screens/http-server.ts";
import { ALL_FORGES, gitlabPush, SECONDS, type Forge } from "../../support/screens/webhook-forges.ts";
import type { Namespace } from "../../../src/model/aws/ids.ts";
import { BODY } from "../../support/screens/webhook-server.ts";

let server: TestServer;
afterEach(() => server.close());

const MAX_BYTES = 26_214_400;
const OVERSIZED = "x".repeat(MAX_BYTES + 1);
const FORGED_SECRET = "whsec_Zm9yZ2VkLXNlY3JldC0wMTIzNDU2Nzg5";

/** The head of a request as the bytes on the wire, so that one that is too long need not be sent. */
function head({ sender }: Forge, headers: Readonly<Record<string, string>>): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `POST /hooks/${sender} HTTP/1.1\r\nHost: localhost\r\n${lines.join("")}`;
}

describe.each(ALL_FORGES)("a delivery that $forge did not send causes no fetch", (forge) => {
  const { sender, secret, push, proof } = forge;
  const genuine = push(BODY, secret);
  const { [proof]: valid = "", ...unproved } = genuine;

  beforeEach(async () => {
    server = await startTestServer({ options: { webhooks: hooksOf({ [sender]: async () => [secret] }) } });
  });

  const send = async (headers: Readonly<Record<string, string>>): Promise<number> =>
    (await server.request(`/hooks/${sender}`, { method: "POST", headers, body: BODY })).status;

  test.each([
    { because: "it is proved with another secret", headers: push(BODY, FORGED_SECRET) },
    { because: "it has no proof", headers: unproved },
    { because: "the proof is empty", headers: { ...genuine, [proof]: "" } },
    { because: "the proof is cut", headers: { ...genuine, [proof]: valid.slice(0, -4) } },
    { because: "the proof is longer", headers: { ...genuine, [proof]: `${valid}00` } },
    { because: "the proof is in another header", headers: { ...unproved, "x-signature": valid } },
  ])("it is Unauthorized: $because", async ({ headers }) => {
    expect(await send(headers)).toBe(401);
    expect(server.control.fetches).toBe(0);
    expect(server.control.refusals).toMatchObject([{ actor: "anonymous", status: 401 }]);
  });

  test("a replayed one is answered as the first, with other ids of the forges too", async () => {
    expect(await send(genuine)).toBe(202);

    expect(await send(genuine)).toBe(202);
    expect(await send({ ...genuine, "x-github-delivery": "another", "x-request-uuid": "another" })).toBe(202);
    expect(server.control.fetches).toBe(1);
  });

  test("an oversized one is refused before its body is sent, although it is signed", async () => {
    const headers = { ...push(OVERSIZED, secret), "Content-Length": String(OVERSIZED.length) };

    expect(await rawExchange(server.port, `${head(forge, headers)}\r\n`)).toContain("HTTP/1.1 413 ");
    expect(server.control.fetches).toBe(0);
  });

  test("an oversized one of unknown length is cut off, although it is signed", async () => {
    const headers = { ...push(OVERSIZED, secret), "Transfer-Encoding": "chunked" };
    const chunk = `${OVERSIZED.length.toString(16)}\r\n${OVERSIZED}\r\n`;

    expect(await rawExchange(server.port, `${head(forge, headers)}\r\n${chunk}`)).toContain("HTTP/1.1 413 ");
    expect(server.control.fetches).toBe(0);
  });
});

describe("a delivery of a GitLab that signs the time causes no fetch", () => {
  const forge = ALL_FORGES.find(({ sender }) => sender === "gitlab");
  const signed = gitlabPush(SECONDS);

  beforeEach(async () => {
    const secrets = async () => [forge?.secret ?? ""];
    server = await startTestServer({ options: { webhooks: hooksOf({ gitlab: secrets }) } });
  });

  test.each([
    { because: "it was signed more than 5 minutes ago", headers: gitlabPush(SECONDS - 301) },
    { because: "it was signed in the future", headers: gitlabPush(SECONDS + 301) },
    { because: "its signed time is no number", headers: gitlabPush(Number.NaN) },
    {
      because: "an old one has the time of now",
      headers: { ...gitlabPush(SECONDS - 301), "webhook-timestamp": String(SECONDS) },
    },
    { because: "it has another id than the signed one", headers: { ...signed, "webhook-id": "d-2" } },
    { because: "it has no id", headers: { ...signed, "webhook-id": "" } },
  ])("it is Unauthorized: $because", async ({ headers }) => {
    const answer = await server.request("/hooks/gitlab", { method: "POST", headers, body: BODY });

    expect(answer.status).toBe(401);
    expect(server.control.fetches).toBe(0);
  });
});

describe("the answer to a path with a name does not show whether the source exists", () => {
  const senders = { github: async () => ["secret"], gitlab: () => Promise.reject(new Error("no such file")) };
  const big = { "Content-Length": String(OVERSIZED.length) };
  const chunk = `${OVERSIZED.length.toString(16)}\r\n${OVERSIZED}\r\n`;

  beforeEach(async () => {
    const { platform } = hooksOf(senders);
    const orders = { name: "orders", namespace: "orders" as Namespace, senders };
    server = await startTestServer({ options: { webhooks: { platform, namespaces: [orders] } } });
  });

  const answerTo = async (path: string, headers: object, body = ""): Promise<string> => {
    const lines = Object.entries({ Host: "localhost", Connection: "close", ...headers }).map(
      ([name, value]) => `${name}: ${value}\r\n`,
    );
    const answer = await rawExchange(server.port, `POST ${path} HTTP/1.1\r\n${lines.join("")}\r\n${body}`);
    return answer.replaceAll(/^(date|x-ratelimit-\S+|.*request-id): .*\r\n/gim, "");
  };

  test.each([
    { because: "it has no signature", headers: { "Content-Length": "0" }, status: 401 },
    { because: "it is too long by its header", headers: big, status: 413 },
    { because: "it is cut off", headers: { "Transfer-Encoding": "chunked" }, body: chunk, status: 413 },
  ])("$because", async ({ headers, body, status }) => {
    const known = await answerTo("/hooks/github/orders", headers, body);

    expect(known).toContain(`HTTP/1.1 ${status} `);
    for (const path of ["github/absent", "gitea/orders", "nonsense/orders", "gitea/main", "gitlab/orders"])
      expect([path, await answerTo(`/hooks/${path}`, headers, body)]).toEqual([path, known]);
    expect(server.control.fetches).toBe(0);
  });
});
