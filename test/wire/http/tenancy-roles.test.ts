import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { readDelta } from "../../../src/iam/row-text.ts";
import { NO_DELTA } from "../../../src/model/delta.ts";
import { ORDERS_API, ORDERS_JOBS } from "../../support/screens/world-keys.ts";
import { drift, liveRole, plan, record, view } from "../../support/screens/world-states.ts";
import {
  ORDERS_TOKEN,
  startTestServer,
  type Answer,
  type TestServer,
} from "../../support/screens/http-server.ts";
import { leaks, row } from "../../support/screens/tenancy.ts";

let server: TestServer;
beforeEach(async () => {
  server = await startTestServer();
});
afterEach(() => server.close());

/** What the rules find in a role of payments. */
const THEIRS = {
  breaches: [
    { rule: "EXF-001", severity: "block", why: "s3:GetObject on arn:aws:s3:::payments", findings: 1 },
  ],
  unread: [],
} as const;

const HIDDEN = { notJudged: "the role belongs to another owner", breaches: [] };

const get = (path: string): Promise<Answer> => server.get(path, ORDERS_TOKEN);

describe("a token of one namespace reads", () => {
  test("nothing of a role that carries another owner's tag", async () => {
    const foreign = liveRole(ORDERS_API, "payments/refunds");
    const lost = drift(ORDERS_API, { change: { kind: "ownership-tag", tag: "x" }, live: "payments/refunds" });
    const withheld = {
      kind: "ownership-conflict",
      subject: foreign.arn,
      reason: "it is payments/refunds's",
      fix: null,
    } as const;
    server.control.state.views = new Map([
      [
        ORDERS_API,
        view(ORDERS_API, {
          liveRole: foreign,
          drifts: [lost],
          liveRules: THEIRS,
          plan: plan(ORDERS_API, { withheld: [withheld] }),
        }),
      ],
    ]);
    const inDrift = {
      since: "",
      fields: [],
      delta: { allowed: [], noLongerAllowed: [row("payments")], unknownEffect: [] },
      actor: null,
    };
    server.control.state.records = [record(ORDERS_API, { drift: inDrift })];

    for (const path of ["/bindings", "/drifts", "/plans", "/functionpermissions"]) {
      expect(leaks(await get(path))).toEqual([]);
    }
    expect((await server.get("/namespaces/orders/bindings")).json.items[0].status.live.role.name).toBe(
      foreign.name,
    );
    expect((await get("/plans")).json.items[0].status.rules.live).toEqual(HIDDEN);
  });

  test("nothing of another owner's role that its function, or a version of it, runs on", async () => {
    const allowed = [row("payments")];
    const delta = { ...NO_DELTA, allowed: readDelta({ ...NO_DELTA, allowed }).allowed };
    const own = view(ORDERS_API);
    const otherRole = { kind: "present", value: liveRole(ORDERS_JOBS, "payments/refunds") } as const;
    server.control.state.views = new Map([
      [
        ORDERS_API,
        {
          ...own,
          readings: own.readings && { ...own.readings, otherRole },
          drifts: [drift(ORDERS_API, { change: { kind: "function-role" }, delta })],
          liveRules: THEIRS,
        },
      ],
      [
        ORDERS_JOBS,
        view(ORDERS_JOBS, {
          drifts: [drift(ORDERS_JOBS, { change: { kind: "role-not-published", versions: ["40"] }, delta })],
        }),
      ],
    ]);
    const authors = [
      { difference: "+ payments attached to its role", attribution: { kind: "unknown", reason: "payments" } },
    ] as const;
    const inDrift = { since: "", fields: [], actor: "payments", delta: { ...NO_DELTA, allowed }, authors };
    server.control.state.records = [
      record(ORDERS_API, { drift: inDrift }),
      record(ORDERS_JOBS, { drift: inDrift }),
    ];

    for (const path of ["/bindings", "/drifts", "/functionpermissions"])
      expect([path, leaks(await get(path))]).toEqual([path, []]);
    expect((await server.get("/drifts")).text).toContain("payments");
    expect((await get("/plans")).json.items[0].status.rules.live).toEqual(HIDDEN);
    expect((await server.get("/plans")).text).toContain("EXF-001");
  });
});
