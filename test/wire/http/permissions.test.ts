import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { PermissionLine } from "../../../src/model/answers/permission-line.ts";
import {
  limitedLines,
  type EffectiveLine,
  type PendingChange,
  type PermissionState,
} from "../../../src/model/answers/permission-state.ts";
import { FOREIGN_WORDS, ORDERS_API } from "../../support/screens/world-keys.ts";
import { liveRole, view } from "../../support/screens/world-states.ts";
import { REVISION } from "../../support/record/audit-facts.ts";
import { NOW } from "../../support/fakes/fake-control.ts";
import { ORDERS_TOKEN, startTestServer, type TestServer } from "../../support/screens/http-server.ts";

let server: TestServer;
beforeEach(async () => {
  server = await startTestServer();
});
afterEach(() => server.close());

const FILE = "teams/orders/orders-api.yaml";

function line(change: Partial<PermissionLine>): PermissionLine {
  return {
    kind: "permission",
    what: "sqs send",
    on: "queue/jobs",
    details: [],
    principal: null,
    actions: [],
    resources: [],
    more: 0,
    condition: "",
    place: { kind: "line", file: FILE, line: 6 },
    ...change,
  };
}

/** A line of a role that belongs to the team payments: every text names it. */
const FOREIGN = line({
  what: "payments:Refund",
  on: "table/ledger",
  details: ["if aws:PrincipalTag/refunds"],
  principal: "payments",
  actions: ["payments:Refund"],
  resources: ["arn:aws:dynamodb:eu-west-1:1:table/ledger"],
  condition: JSON.stringify({ StringEquals: { "aws:principaltag/team": ["payments"] } }),
  place: { kind: "policy", name: "payments-ledger", arn: "arn:aws:iam::1:policy/payments-ledger" },
});
const mark = (found: PermissionLine): EffectiveLine => ({ ...found, isDeclared: false, wasDeclared: false });
const SETTING = { what: 'tag "team"', live: '"payments"', declared: '"refunds"' };

const change = (reason: PendingChange["reason"]): PendingChange => ({
  reason,
  add: limitedLines([line({}), FOREIGN]),
  remove: limitedLines([FOREIGN]),
  settings: [SETTING],
  other: ["the value of tag team decides on payments:Refund table/ledger"],
  hint: null,
});

const STATE: PermissionState = {
  key: ORDERS_API,
  declared: { kind: "declared", revision: REVISION, file: FILE, permissions: limitedLines([line({})]) },
  effective: {
    kind: "read",
    readAt: NOW,
    failing: null,
    role: { kind: "other", arn: "arn:aws:iam::1:role/x", declaredArn: "arn:aws:iam::1:role/payments" },
    permissions: limitedLines([
      mark(FOREIGN),
      mark({ ...FOREIGN, kind: "assumer", place: { kind: "trust" } }),
      mark(line({ kind: "caller", what: "caller sns", place: { kind: "statement", sid: "s" } })),
    ]),
    boundary: {
      kind: "boundary",
      name: "payments",
      arn: "arn:aws:iam::1:policy/payments" as never,
      isDeclared: false,
      wasDeclared: false,
      declaredName: "ledger",
      isRead: true,
    },
    settings: [SETTING],
    withoutEffect: limitedLines([mark(FOREIGN)]),
    unknown: ['policy "ledger-write" was not read: its permissions are unknown'],
  },
  pending: [change({ kind: "drift", revertsAt: null }), change({ kind: "applying" })],
  references: [],
  comparisons: [
    {
      kind: "different",
      arn: "arn:aws:iam::1:role/x",
      add: limitedLines([line({})]),
      remove: limitedLines([FOREIGN]),
      other: ["tag team decides on payments:Refund table/ledger"],
    },
    { kind: "unknown", arn: "arn:aws:iam::1:role/y", reason: "the document of ledger-write was not read" },
  ],
};

const PATH = "/namespaces/orders/permissions";

async function shown(token?: string) {
  const { json, text } = await server.get(PATH, token);
  return { item: json.items.find((one: { status: { key: string } }) => one.status.key === ORDERS_API), text };
}

describe("the permissions of a function that runs on a role of another owner", () => {
  beforeEach(() => {
    const foreign = liveRole(ORDERS_API, "payments/refunds");
    server.control.state.views = new Map([[ORDERS_API, view(ORDERS_API, { liveRole: foreign })]]);
    server.control.state.permissions = new Map([[ORDERS_API, STATE]]);
  });

  test("name nothing of that role to a token of one namespace", async () => {
    const { item } = await shown(ORDERS_TOKEN);

    expect(FOREIGN_WORDS.filter((word) => JSON.stringify(item).includes(word))).toEqual([]);
    expect(item.status.effective).toMatchObject({
      role: { kind: "hidden", arn: "arn:aws:iam::1:role/x" },
      permissions: { lines: [{ what: "caller sns" }] },
      boundary: null,
      settings: [],
      unknown: [
        "the role belongs to another owner: its permissions are not shown",
        "other parts were not read",
      ],
    });
    expect(item.status.comparisons).toEqual([
      { kind: "hidden", arn: "arn:aws:iam::1:role/x" },
      { kind: "hidden", arn: "arn:aws:iam::1:role/y" },
    ]);
    expect(item.status.pending[0].add.lines).toEqual([expect.objectContaining({ what: "sqs send" })]);
  });

  test("are complete for a token of all namespaces", async () => {
    expect((await shown()).item.status).toEqual(JSON.parse(JSON.stringify(STATE)));
  });
});

test.each([
  {
    effective: STATE.effective,
    kinds: ["different", "hidden"],
    because: "the owner of a version's role is not read",
  },
  {
    effective: { kind: "unknown", reason: "throttled" } as const,
    kinds: ["hidden", "hidden"],
    because: "the role of $LATEST is not known",
  },
])(
  "the comparison with a role is hidden from a token of one namespace: $because",
  async ({ effective, kinds }) => {
    server.control.state.permissions = new Map([[ORDERS_API, { ...STATE, effective }]]);

    const { item } = await shown(ORDERS_TOKEN);

    expect(item.status.comparisons.map(({ kind }: { kind: string }) => kind)).toEqual(kinds);
  },
);

test("the sentences about the own function name no other namespace", async () => {
  const { effective } = STATE;
  const failing = { since: NOW, reason: "denied while it read payments/refunds" };
  const reasons: readonly PendingChange["reason"][] = [
    { kind: "failed", reason: "AccessDenied for payments/x" },
    { kind: "withheld", reason: "it belongs to payments/x" },
    { kind: "unreadable", reason: "payments/x" },
    { kind: "awaiting-approval", digest: "sha256:1", reason: "together with payments/x" },
    { kind: "rejected", digest: "sha256:1", by: "dana", at: NOW, reason: "ask payments" },
    { kind: "suspended", id: "1", until: NOW, by: "dana", reason: "payments migrates" },
    { kind: "broken", message: "the role is also claimed by payments/x" },
    {
      kind: "refused",
      reason: "payments/x",
      rules: [{ rule: "SHR-001", file: FILE, line: 1, why: "payments/x", hint: "payments/x", more: 0 }],
    },
  ];
  const pending = reasons.map((reason): PendingChange => ({
    ...change(reason),
    add: limitedLines([]),
    remove: limitedLines([]),
    settings: [],
    other: ["payments/x decides"],
    hint: "ask payments",
  }));
  const state: PermissionState = {
    ...STATE,
    declared: { kind: "broken", revision: REVISION, file: FILE, message: "also claimed by payments/x" },
    effective:
      effective.kind === "read"
        ? {
            ...effective,
            failing,
            role: { kind: "unknown", arn: "arn:aws:iam::1:role/x", reason: "payments/x" },
            permissions: limitedLines([]),
            withoutEffect: limitedLines([]),
            settings: [],
            boundary: null,
            unknown: ["callers: payments/x"],
          }
        : effective,
    pending,
    comparisons: [{ kind: "unknown", arn: "arn:aws:iam::1:role/x", reason: "payments/x was not read" }],
  };
  server.control.state.permissions = new Map([[ORDERS_API, state]]);

  const { item } = await shown(ORDERS_TOKEN);

  expect(JSON.stringify(item.status)).not.toContain("payments");
  expect(item.status.pending).toHaveLength(reasons.length);
});
