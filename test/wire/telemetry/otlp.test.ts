import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { OtlpExporter } from "../../../src/telemetry/otlp/exporter.ts";
import { SpanQueue, type SpanJson } from "../../../src/telemetry/otlp/span-queue.ts";
import { openTelemetry } from "../../../src/telemetry/telemetry.ts";
import { FakeClock } from "../../support/fakes/fake-clock.ts";
import { MemoryTelemetry } from "../../support/fakes/memory-telemetry.ts";
import { otlpProblems } from "../../support/telemetry/otlp-schema.ts";

const NOW_MS = Date.parse("2026-11-28T06:00:00Z");

interface Received {
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: Body;
}
interface Body {
  readonly resourceSpans?: readonly {
    readonly scopeSpans: readonly { readonly spans: readonly SpanJson[] }[];
  }[];
  readonly resourceMetrics?: readonly {
    readonly scopeMetrics: readonly {
      readonly metrics: readonly { readonly name: string; readonly unit: string }[];
    }[];
  }[];
}

let server: Server;
let received: Received[];
let answer: (response: ServerResponse) => void;
let clock: FakeClock;
let counted: { reason: string; spans: number }[];
let telemetry: MemoryTelemetry;
let stop: AbortController;
let running: Promise<void>;

beforeEach(async () => {
  received = [];
  counted = [];
  answer = (response) => response.end("{}");
  clock = new FakeClock(NOW_MS);
  telemetry = new MemoryTelemetry();
  stop = new AbortController();
  running = Promise.resolve();
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const body = JSON.parse(Buffer.concat(chunks).toString()) as Body;
      received.push({ path: request.url ?? "", headers: request.headers, body });
      answer(response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterEach(async () => {
  stop.abort();
  await running;
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

function start(spans: SpanQueue, timeoutMs = 5_000): OtlpExporter {
  const { telemetry: metrics, values } = openTelemetry({
    level: "silent",
    destination: { write: () => undefined },
  });
  metrics.count("passes_total", { account: "prod", outcome: "done" });
  metrics.gauge("state_disk_free_bytes", 5e9);
  metrics.observe("pass_duration_seconds", 0.2, { account: "prod", scope: "all" });
  metrics.observe("pass_duration_seconds", 999, { account: "prod", scope: "all" });
  const { port } = server.address() as AddressInfo;
  const exporter = new OtlpExporter({
    endpoint: `http://127.0.0.1:${port}`,
    resource: { version: "0.1.0", instance: "test" },
    spans,
    metrics: values,
    clock,
    telemetry: {
      info: (text, fields) => telemetry.info(text, fields),
      warn: (text, fields) => telemetry.warn(text, fields),
      count: (_metric, labels, by = 1) => counted.push({ reason: labels?.["reason"] ?? "", spans: by }),
    },
    tools: { fetch, headers: async () => ({ authorization: "Bearer t" }), timeoutMs },
  });
  running = exporter.run(stop.signal);
  return exporter;
}

const queueOf = (limit = 100): SpanQueue => new SpanQueue(limit, () => clock.nowMs());

async function oneSpan(spans: SpanQueue, name = "pass"): Promise<void> {
  await spans.trace({ name, kind: "internal", attributes: {} }, () => Promise.resolve());
}

const spansOf = (at = 0): readonly SpanJson[] =>
  received[at]?.body.resourceSpans?.flatMap(({ scopeSpans }) => scopeSpans.flatMap((one) => one.spans)) ?? [];

async function ended(): Promise<void> {
  stop.abort();
  await running;
}

describe("what a collector gets", () => {
  test("is valid OTLP: a pass with its stages and calls, each below the one around it", async () => {
    const spans = queueOf();
    const { trace } = spans;
    await trace({ name: "pass", kind: "internal", attributes: { "grantkeeper.account": "prod" } }, () =>
      trace({ name: "observe", kind: "internal", attributes: {} }, () =>
        trace(
          { name: "IAM.ListRoles", kind: "client", attributes: { "rpc.system": "aws-api" } },
          async (span) => {
            clock.nowMs();
            span.set({ "grantkeeper.intent": 7 });
          },
        ),
      ),
    );
    start(spans);
    await ended();

    expect(received[0]?.path).toBe("/v1/traces");
    expect(received[0]?.headers).toMatchObject({
      authorization: "Bearer t",
      "content-type": "application/json",
    });
    expect(otlpProblems("ExportTraceServiceRequest", received[0]?.body)).toEqual([]);
    const [call, observe, pass] = spansOf();
    expect([call?.name, observe?.name, pass?.name]).toEqual(["IAM.ListRoles", "observe", "pass"]);
    expect([call?.parentSpanId, observe?.parentSpanId, pass?.parentSpanId]).toEqual([
      observe?.spanId,
      pass?.spanId,
      undefined,
    ]);
    expect(new Set([call, observe, pass].map((span) => span?.traceId)).size).toBe(1);
    expect(JSON.stringify(received[0]?.body)).toContain(
      '"service.name","value":{"stringValue":"grantkeeper"}',
    );
  });

  test("is valid OTLP for metrics, with names that a collector turns into those of /metrics", async () => {
    start(queueOf());
    await ended();

    const [sent] = received.filter(({ path }) => path === "/v1/metrics");
    expect(otlpProblems("ExportMetricsServiceRequest", sent?.body)).toEqual([]);
    const metrics = sent?.body.resourceMetrics?.flatMap(({ scopeMetrics }) =>
      scopeMetrics.flatMap((one) => one.metrics),
    );
    expect(metrics).toMatchObject([
      { name: "grantkeeper.passes", unit: "", sum: { isMonotonic: true, dataPoints: [{ asDouble: 1 }] } },
      { name: "grantkeeper.state_disk_free", unit: "By", gauge: { dataPoints: [{ asDouble: 5e9 }] } },
      {
        name: "grantkeeper.pass_duration",
        unit: "s",
        histogram: {
          dataPoints: [
            {
              count: "2",
              sum: 999.2,
              bucketCounts: ["0", "1", "0", "0", "0", "0", "0", "1"],
              explicitBounds: [0.05, 0.25, 1, 5, 15, 60, 180],
            },
          ],
        },
      },
    ]);
  });

  test("has the code of an error, and neither its message nor a credential", async () => {
    const spans = queueOf();
    const failing = spans.trace(
      { name: "alert delivery", kind: "client", attributes: { url: "https://u:pw1234@h/x" } },
      () => Promise.reject(Object.assign(new Error("secret text"), { code: "ECONNREFUSED" })),
    );
    await expect(failing).rejects.toThrow("secret text");
    start(spans);
    await ended();

    const text = JSON.stringify(spansOf());
    expect(text).toContain('{"key":"error.type","value":{"stringValue":"ECONNREFUSED"}}');
    expect(text).toContain('"status":{"code":2}');
    expect(text).not.toContain("secret text");
    expect(text).not.toContain("pw1234");
  });
});

describe("a collector that is", () => {
  test("full gets the same spans again, after the pause that it asks for", async () => {
    const spans = queueOf();
    await oneSpan(spans);
    answer = (response) => response.writeHead(429, { "retry-after": "30" }).end();
    start(spans);
    await until(() => received.length === 1, 6_000);
    await clock.pass(20_000);
    const during = received.length;
    answer = (response) => response.end("{}");
    await until(() => received.length === 2, 15_000);

    expect(during).toBe(1);
    expect(spansOf(1)).toEqual(spansOf(0));
    expect(telemetry.lines.map(({ text }) => text)).toContain("the collector does not accept telemetry");
  });

  test.each([
    {
      name: "refusing",
      reply: (r: ServerResponse) => r.writeHead(400).end("no"),
      reason: "refused",
      spans: 1,
    },
    {
      name: "redirecting",
      reply: (r: ServerResponse) => r.writeHead(302, { location: "/x" }).end(),
      reason: "refused",
      spans: 1,
    },
    {
      name: "partly refusing",
      reply: (r: ServerResponse) => r.end('{"partialSuccess":{"rejectedSpans":"1","errorMessage":"x"}}'),
      reason: "refused",
      spans: 1,
    },
  ])("$name costs the spans, which are counted", async ({ reply, reason, spans: lost }) => {
    const spans = queueOf();
    await oneSpan(spans);
    answer = reply;
    start(spans);
    await ended();

    expect(counted).toEqual([{ reason, spans: lost }]);
    expect(received.filter(({ path }) => path === "/v1/traces")).toHaveLength(1);
  });

  test.each([
    { name: "answering garbage", reply: (r: ServerResponse) => r.end("\u0000<html>{{{") },
    { name: "answering without end", reply: (r: ServerResponse) => r.write("x".repeat(200_000)) },
  ])("$name has accepted them", async ({ reply }) => {
    const spans = queueOf();
    await oneSpan(spans);
    answer = (response) => void reply(response);
    start(spans);
    await ended();

    expect(counted).toEqual([]);
  });

  test("silent delays a stop by two seconds at most, and what is left is counted", async () => {
    const spans = queueOf();
    await oneSpan(spans);
    answer = () => undefined;
    start(spans, 60_000);
    await ended();

    expect(counted).toEqual([{ reason: "stopped", spans: 1 }]);
  }, 10_000);

  test("down costs no more memory than the queue: further spans are dropped and counted", async () => {
    const spans = queueOf(3);
    for (let n = 0; n < 5; n += 1) await oneSpan(spans);

    expect([spans.length, spans.drainDropped(), spans.drainDropped()]).toEqual([3, 2, 0]);
  });
});

/** Moves the clock second by second until the condition holds. */
async function until(holds: () => boolean, mostMs: number): Promise<void> {
  for (let ms = 0; ms < mostMs && !holds(); ms += 1_000) {
    await clock.pass(1_000);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
