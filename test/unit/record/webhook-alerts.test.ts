import { createHmac } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { WebhookAlerts } from "../../../src/record/webhook-alerts.ts";
import { START_MS, testClock } from "../../store/engines.ts";

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

function alerts(route: { url?: string; secretFile?: string } = {}, timeoutMs?: number): WebhookAlerts {
  const routes = [{ name: "ops", url: url(), secretFile: join(folder, "secret"), ...route }];
  return new WebhookAlerts(routes, {
    clock: testClock(),
    fetch,
    ...(timeoutMs !== undefined && { timeoutMs }),
  });
}

const BODY = '{"text":"🔴 orders-api"}';
const send = (
  sender: WebhookAlerts,
  route = "ops",
  body = BODY,
  signal = AbortSignal.timeout(10_000),
): Promise<void> => sender.send(route, body, signal);

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
        },
      },
    ]);
  });

  test("can detect a message that arrives twice", async () => {
    const sender = alerts();

    await send(sender);
    await send(sender);
    await send(sender, "ops", "{}");

    const deliveries = received.map(({ headers }) => headers["x-grantkeeper-delivery"]);
    expect(deliveries[0]).toMatch(/^[0-9a-f]{32}$/);
    expect(deliveries[1]).toBe(deliveries[0]);
    expect(deliveries[2]).not.toBe(deliveries[0]);
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

    await expect(send(alerts())).resolves.toBeUndefined();
  });

  test.each([
    { status: 301, because: "a redirect does not count as accepted, and is not followed" },
    { status: 307, because: "a redirect that would keep the body does not count either" },
    { status: 401, because: "a rejected signature does not count as accepted" },
    { status: 500, because: "a failure does not count as accepted" },
  ])("$because", async ({ status }) => {
    answer = (response) => response.writeHead(status, { location: url("/elsewhere") }).end("body");

    await expect(send(alerts())).rejects.toThrow(`alert route "ops" answered ${status}`);
    expect(received.map(({ path }) => path)).toEqual(["/hook"]);
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

    await expect(send(alerts())).resolves.toBeUndefined();
  });

  test("that does not answer times out", async () => {
    answer = () => {};

    await expect(send(alerts({}, 50))).rejects.toThrow(
      'alert route "ops" could not be reached: TimeoutError',
    );
  });

  test("is aborted immediately on a stop", async () => {
    const stop = new AbortController();
    answer = () => stop.abort();

    await expect(send(alerts(), "ops", BODY, stop.signal)).rejects.toThrow("AbortError");
  });

  test("that is unreachable is named by its route, never by its URL", async () => {
    const sender = alerts({ url: url("/token-in-the-path") });
    await new Promise((closed) => {
      server.close(closed);
    });

    await expect(send(sender)).rejects.toMatchObject({
      message: 'alert route "ops" could not be reached: ECONNREFUSED',
    });
  });
});

describe("nothing is sent", () => {
  test("to a route that is not configured", async () => {
    await expect(send(alerts(), "gone")).rejects.toThrow('no alert route is named "gone"');
  });

  test("without a secret", async () => {
    await writeFile(join(folder, "secret"), "\n");

    await expect(send(alerts())).rejects.toThrow('the secret of alert route "ops" is empty');
    await expect(send(alerts({ secretFile: join(folder, "none") }))).rejects.toThrow(
      /cannot be read from .*none$/,
    );
    expect(received).toEqual([]);
  });

  test("to an invalid URL", async () => {
    await expect(send(alerts({ url: "nowhere" }))).rejects.toThrow(
      'alert route "ops" could not be reached: ',
    );
  });
});
