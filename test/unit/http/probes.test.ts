import { afterEach, describe, expect, test } from "@jest/globals";
import { fastify, type FastifyInstance } from "fastify";
import { registerAnswers } from "../../../src/http/server/answers.ts";
import type { HttpContext } from "../../../src/http/request/context.ts";
import { registerProbes } from "../../../src/http/routes/probes.ts";
import { PageSessions } from "../../../src/http/access/sessions.ts";
import { SessionCookies } from "../../../src/http/request/session-cookies.ts";
import { MemorySessions } from "../../support/fakes/memory-sessions.ts";
import { TokenTable } from "../../../src/http/access/tokens.ts";
import { RequestedReconciles } from "../../../src/http/request/requested-reconciles.ts";
import { WorldReader } from "../../../src/http/request/world.ts";
import { sha256Hex } from "../../../src/model/values/digest.ts";
import { fakeState } from "../../support/screens/api-world.ts";
import { FakeControl, NOW } from "../../support/fakes/fake-control.ts";
import { untraced } from "../../../src/controller/ports/telemetry.ts";

const ELSEWHERE = "192.0.2.7";

function token(name: string, scopes: readonly ("read" | "approve")[], namespaces: readonly string[]) {
  return { name, sha256: sha256Hex(name), scopes, namespaces, expires: "2027-01-01T00:00:00Z" };
}

let app: FastifyInstance;
afterEach(() => app.close());

/** Only the probes: requests from another address need no real socket here. */
function probes(ready: boolean): void {
  const control = new FakeControl({ ...fakeState(), ready });
  const tokens = [
    token("all", ["read"], ["*"]),
    token("team", ["read"], ["orders"]),
    token("blind", ["approve"], ["*"]),
  ];
  const quiet = () => undefined;
  const clock = { nowMs: () => Date.parse(NOW), sleep: () => Promise.reject(new Error("no one waits here")) };
  const context: HttpContext = {
    control,
    tokens: new TokenTable(tokens, "l".repeat(32)),
    sessions: new PageSessions({ store: new MemorySessions(), clock, grantsOf: () => null }),
    cookies: new SessionCookies("acme", null),
    world: new WorldReader(control),
    manifestSchemas: async () => ({}),
    requestedReconciles: new RequestedReconciles(control),
    tenantPath: "teams",
    telemetry: {
      info: quiet,
      warn: quiet,
      error: quiet,
      debug: quiet,
      count: quiet,
      gauge: quiet,
      observe: quiet,
      forget: quiet,
      trace: untraced,
    },
    clock,
    limits: { slowMs: 1_000, answerMs: 1_000 },
  };
  app = fastify();
  registerAnswers(app, context);
  registerProbes(app, context, async () => "metrics");
}

describe("from another machine", () => {
  test.each([true, false])("readiness %p is reported without names", async (ready) => {
    probes(ready);

    const answer = await app.inject({ url: "/readyz", remoteAddress: ELSEWHERE });

    expect(answer.statusCode).toBe(ready ? 200 : 503);
    expect(answer.json()).toEqual({ ready });
  });

  test.each([
    { bearer: null, status: 401, because: "there is no token" },
    { bearer: "all", status: 200, because: "it may read everything" },
    { bearer: "team", status: 403, because: "it may read one namespace only" },
    { bearer: "blind", status: 403, because: "it may not read" },
  ])("metrics are answered with $status: $because", async ({ bearer, status }) => {
    probes(true);
    const headers = bearer === null ? {} : { authorization: `Bearer ${bearer}` };

    const answer = await app.inject({ url: "/metrics", headers, remoteAddress: ELSEWHERE });

    expect(answer.statusCode).toBe(status);
  });
});

test("from this machine metrics need no token, also over IPv6's view of IPv4", async () => {
  probes(true);

  const answer = await app.inject({ url: "/metrics", remoteAddress: "::ffff:127.0.0.1" });

  expect(answer.body).toBe("metrics");
});

test("what a standby on this machine forwards is from elsewhere: metrics need a token, readiness has no names", async () => {
  probes(true);
  const forwarded = { headers: { "x-grantkeeper-forwarded": "1" }, remoteAddress: "127.0.0.1" };

  const metrics = await app.inject({ url: "/metrics", ...forwarded });
  const readiness = await app.inject({ url: "/readyz", ...forwarded });

  expect([metrics.statusCode, readiness.json()]).toEqual([401, { ready: true }]);
});
