import { createHmac } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { AlertMessage } from "../../../../src/record/message.ts";
import type { Delivery } from "../../../../src/record/sinks/sink.ts";
import { WebhookSink } from "../../../../src/record/sinks/webhook.ts";
import { START_MS, testClock } from "../../../store/engines.ts";

interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

let folder: string;
let server: Server;
let received: Received[];
let answer: (response: ServerResponse) => void;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "alerts-"));
  await writeFile(join(folder, "secret"), "s3cret\n");
  received = [];
  answer = (response) => response.writeHead(204).end();
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const { method = "", url: path = "", headers } = request;
      received.push({ method, path, headers, body: Buffer.concat(chunks).toString("utf8") });
      answer(response);
    });
  });
  await new Promise<void>((listening) => {
    server.listen(0, "127.0.0.1", listening);
  });
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((closed) => {
    server.close(closed);
  });
  await rm(folder, { recursive: true });
});

function url(path = "/hook"): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`;
}

function alerts(settings: { url?: string; secretFile?: string } = {}, timeoutMs?: number): WebhookSink {
  const all = { url: url(), secretFile: join(folder, "secret"), ...settings };
  return new WebhookSink(all, { clock: testClock(), fetch, ...(timeoutMs !== undefined && { timeoutMs }) });
}

const BODY = '{"text":"🔴 orders-api"}';
const DELIVERY = "0123456789abcdef0123456789abcdef";

function send(sink: WebhookSink, signal = AbortSignal.timeout(10_000)): Promise<Delivery> {
  const message = JSON.parse(BODY) as AlertMessage;
  return sink.deliver({ body: BODY, message, delivery: DELIVERY, thread: null }, signal);
}

describe("a webhook", () => {
  test("gets the unchanged body, signed over time and bytes", async () => {
    await send(alerts());

    const seconds = String(START_MS / 1_000);
    const signature = createHmac("sha256", "s3cret").update(`${seconds}.${BODY}`, "utf8").digest("hex");
    expect(received).toMatchObject([
      {
        method: "POST",
        path: "/hook",
        body: BODY,
        headers: {
          "content-type": "application/json; charset=utf-8",
          "x-grantkeeper-timestamp": seconds,
          "x-grantkeeper-signature": `sha256=${signature}`,
          "x-grantkeeper-delivery": DELIVERY,
        },
      },
    ]);
  });

  test("is signed with the current secret", async () => {
    const sender = alerts();
    await send(sender);
    await writeFile(join(folder, "secret"), "another");

    await send(sender);

    expect(received[1]?.headers["x-grantkeeper-signature"]).not.toBe(
      received[0]?.headers["x-grantkeeper-signature"],
    );
  });

  test.each([200, 202, 204])("accepts by %i", async (status) => {
    answer = (response) => response.writeHead(status).end(status === 204 ? undefined : "body");

    expect(await send(alerts())).toMatchObject({ kind: "delivered", answer: `HTTP ${status}` });
  });

  test.each([
    {
      status: 301,
      fix: /redirects to/,
      because: "a redirect does not count as accepted, and is not followed",
    },
    {
      status: 307,
      fix: /redirects to/,
      because: "a redirect that would keep the body does not count either",
    },
    { status: 401, fix: /secret/, because: "a rejected signature does not count as accepted" },
    { status: 418, fix: /expects/, because: "an unusual refusal does not count as accepted" },
    { status: 500, fix: /log/, because: "a failure does not count as accepted" },
  ])("$because", async ({ status, fix }) => {
    answer = (response) => response.writeHead(status, { location: url("/elsewhere") }).end("body");

    const cause = `answered ${status}`;
    expect(await send(alerts())).toMatchObject({
      kind: "retry",
      problem: { cause, fix: expect.stringMatching(fix) },
    });
    expect(received.map(({ path }) => path)).toEqual(["/hook"]);
  });

  test.each([
    { header: "120", afterMs: 120_000 },
    { header: "999999999", afterMs: 3_600_000 },
    { header: "Wed, 25 Nov 2026 12:00:00 GMT", afterMs: null },
  ])("that asks for a pause of $header gets it, up to an hour", async ({ header, afterMs }) => {
    answer = (response) => response.writeHead(429, { "retry-after": header }).end();

    expect(await send(alerts())).toMatchObject({ kind: "retry", afterMs });
  });

  test("with an endless answer is disconnected after the first line", async () => {
    answer = (response) => {
      response.writeHead(200);
      const more = (): void => {
        while (!response.destroyed && response.write("x".repeat(65_536)));
        if (!response.destroyed) response.once("drain", more);
      };
      more();
    };

    expect(await send(alerts())).toMatchObject({ kind: "delivered" });
  });

  test("that does not answer times out", async () => {
    answer = () => {};

    expect(await send(alerts({}, 50))).toMatchObject({
      kind: "retry",
      problem: { cause: "could not be reached: no answer in time (TimeoutError)" },
    });
  });

  test("is aborted immediately on a stop", async () => {
    const stop = new AbortController();
    answer = () => stop.abort();

    expect(await send(alerts(), stop.signal)).toMatchObject({ kind: "retry" });
  });

  test("that is unreachable is never named by its URL", async () => {
    const sender = alerts({ url: url("/token-in-the-path") });
    await new Promise((closed) => {
      server.close(closed);
    });

    expect(await send(sender)).toEqual({
      kind: "retry",
      afterMs: null,
      problem: {
        cause: "could not be reached: nothing listens there (ECONNREFUSED)",
        fix: "start the receiver, or correct the port",
      },
    });
  });
});

describe("nothing is sent", () => {
  test("without a secret", async () => {
    await writeFile(join(folder, "secret"), "\n");

    expect(await send(alerts())).toMatchObject({
      kind: "retry",
      problem: { cause: expect.stringMatching(/is empty/) },
    });
    expect(await send(alerts({ secretFile: join(folder, "none") }))).toMatchObject({
      problem: { cause: expect.stringMatching(/cannot be read from .*none \(ENOENT\)$/) },
    });
    expect(received).toEqual([]);
  });

  test("to an invalid URL", async () => {
    expect(await send(alerts({ url: "nowhere" }))).toMatchObject({
      problem: { cause: "could not be reached: the address is not a URL (ERR_INVALID_URL)" },
    });
  });
});
