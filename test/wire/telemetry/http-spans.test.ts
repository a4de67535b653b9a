import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { Telemetry } from "../../../src/controller/ports/telemetry.ts";
import { tracedFetch } from "../../../src/telemetry/traced-fetch.ts";
import { SpanQueue, type SpanJson } from "../../../src/telemetry/otlp/span-queue.ts";
import { MemoryTelemetry } from "../../support/fakes/memory-telemetry.ts";
import { never, startAwsWorld } from "../aws/aws-world.ts";
import { HttpReceiver } from "../../support/alerts/http-receiver.ts";
import { LOCAL_TOKEN, startTestServer, type TestServer } from "../../support/screens/http-server.ts";

let spans: SpanQueue;
beforeEach(() => {
  spans = new SpanQueue(100, () => 0);
});

interface Seen {
  readonly name: string;
  readonly kind: number;
  readonly isFailed: boolean;
  readonly attributes: Readonly<Record<string, unknown>>;
}

function seen(): readonly Seen[] {
  return spans.take(100).map(({ name, kind, status, attributes }: SpanJson) => ({
    name,
    kind,
    isFailed: status.code === 2,
    attributes: Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]])),
  }));
}

describe("a request to the API", () => {
  let server: TestServer;
  afterEach(() => server.close());

  async function requested(path: string): Promise<readonly Seen[]> {
    const ended: Promise<unknown>[] = [];
    const trace: Telemetry["trace"] = (start, work) => {
      const running = spans.trace(start, work);
      ended.push(running);
      return running;
    };
    const telemetry: Telemetry = Object.assign(new MemoryTelemetry(), { trace });
    server = await startTestServer({ options: { telemetry } });
    await server.request(path, { headers: { authorization: `Bearer ${LOCAL_TOKEN}` } });
    await Promise.all(ended);
    return seen();
  }

  test("has a span of its route and its status, without the names in its path", async () => {
    const [span, ...others] = await requested("/apis/grantkeeper.dev/v1alpha1/awsaccounts/secret-name");

    expect(others).toEqual([]);
    expect(span).toEqual({
      name: "GET /apis/grantkeeper.dev/v1alpha1/awsaccounts/:name",
      kind: 2,
      isFailed: false,
      attributes: {
        "http.request.method": "GET",
        "http.route": "/apis/grantkeeper.dev/v1alpha1/awsaccounts/:name",
        "http.response.status_code": "404",
        "url.scheme": "http",
      },
    });
  });

  test("has none if it is a probe", async () => {
    expect(await requested("/healthz")).toEqual([]);
  });
});

describe("a request to a receiver", () => {
  let receiver: HttpReceiver;
  beforeEach(async () => {
    receiver = await HttpReceiver.start();
  });
  afterEach(() => receiver.end());

  test.each([
    { status: 204, isFailed: false },
    { status: 500, isFailed: true },
  ])("has a span of its server and its status $status, and not its path", async ({ status, isFailed }) => {
    receiver.answer = (response) => void response.writeHead(status).end();
    await tracedFetch(fetch, spans)(`${receiver.url}/T000/secret`, { method: "POST", body: "x" });

    const [span] = seen();

    expect(span).toMatchObject({
      name: "POST",
      kind: 3,
      isFailed,
      attributes: { "server.address": "127.0.0.1", "http.response.status_code": String(status) },
    });
    expect(JSON.stringify(span)).not.toContain("secret");
  });

  test("that does not answer has a span that failed", async () => {
    await expect(tracedFetch(fetch, spans)("http://127.0.0.1:1/", { method: "POST" })).rejects.toMatchObject({
      name: "TypeError",
    });

    expect(seen()).toMatchObject([{ isFailed: true, attributes: { "server.port": "1" } }]);
  });
});

test("a call to AWS has the status of its answer, also if it is an error", async () => {
  const telemetry = Object.assign(new MemoryTelemetry(), { trace: spans.trace });
  const world = await startAwsWorld(() => undefined, { aws: { telemetry } });
  const nothing = { policyArns: [], functions: [] };
  await world.aws.live.read({ account: world.account, pass: "p1", roleNames: ["none"], ...nothing }, never());
  await world.stop();

  expect(seen().find(({ name }) => name === "IAM.GetRole")).toMatchObject({
    isFailed: true,
    attributes: { "http.response.status_code": "404", "error.type": "NoSuchEntity" },
  });
});
