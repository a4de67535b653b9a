import { describe, expect, test } from "@jest/globals";
import { ITEM_KINDS, type ActionItem } from "../../../src/api/action-required.ts";
import type { AccountView } from "../../../src/controller/ports/control.ts";
import type { Access } from "../../../src/http/access/access.ts";
import { REASON_ITEMS } from "../../../src/http/present/action-required/reasons.ts";
import { overview } from "../../../src/http/present/overview.ts";
import { readerOf } from "../../../src/http/request/reader.ts";
import { WorldReader } from "../../../src/http/request/world.ts";
import type { Arn } from "../../../src/model/aws/arn.ts";
import { NO_DELTA, type DeltaRow } from "../../../src/model/delta.ts";
import { digestOf } from "../../../src/model/values/digest.ts";
import type { Finding } from "../../../src/model/finding.ts";
import type { Key } from "../../../src/model/keys/key.ts";
import type { Condition, ConditionReason, KeyStatus } from "../../../src/model/status.ts";
import {
  condition,
  drift,
  fakeState,
  ORDERS_API,
  ORDERS_JOBS,
  plan,
  record,
  REFUNDS,
  view,
} from "../../support/screens/api-world.ts";
import { FakeControl, NOW, type FakeState } from "../../support/fakes/fake-control.ts";

const NOW_MS = Date.parse(NOW);
const LONG_AGO = new Date(NOW_MS - 3_600_000).toISOString();
const ALL: Access = { actor: "local", scopes: new Set(["read", "approve"]), namespaces: "all" };
const ORDERS: Access = { ...ALL, namespaces: new Set(["orders"]) };

/** Nothing to do: one account that was read, one binding that is as declared. */
function calm(): FakeState {
  const state = fakeState();
  const accounts = state.overview.accounts.map((account) => ({
    ...account,
    record: account.record === null ? null : { ...account.record, failing: null },
  }));
  return {
    ...state,
    records: [record(ORDERS_API)],
    views: new Map([[ORDERS_API, view(ORDERS_API)]]),
    overview: {
      ...state.overview,
      accounts,
      source: { ...state.overview.source, held: null, failure: null },
      diagnostics: [],
      holds: [],
      suspensions: [],
      orphans: [],
    },
  };
}

async function itemsOf(state: FakeState, access: Access = ALL): Promise<readonly ActionItem[]> {
  const control = new FakeControl(state);
  const world = await new WorldReader(control).read();
  return overview(readerOf({ control, world, access, tenantPath: "teams", nowMs: NOW_MS })).status
    .actionRequired;
}

function withStatus(change: Partial<KeyStatus>, key: Key = ORDERS_API): FakeState {
  return { ...calm(), records: [record(key, change)] };
}

function withAccount(
  change: Partial<AccountView>,
  sweep: Partial<NonNullable<AccountView["record"]>> = {},
): FakeState {
  const state = calm();
  const accounts = state.overview.accounts.map((account) => ({
    ...account,
    record: account.record === null ? null : { ...account.record, ...sweep },
    ...change,
  }));
  return { ...state, overview: { ...state.overview, accounts } };
}

const kinds = (items: readonly ActionItem[]): readonly string[] => items.map(({ kind }) => kind);

const row = (change: Partial<DeltaRow>): DeltaRow => ({
  effect: "Allow",
  principal: null,
  action: "*",
  resource: "*",
  condition: "",
  from: "inline hotfix",
  sid: null,
  origin: null,
  certainty: "proved",
  risk: "escalation",
  otherCondition: null,
  limit: null,
  ...change,
});

test("nothing is required if everything matches Git", async () => {
  expect(await itemsOf(calm())).toEqual([]);
});

/** The problem status of each reason; its condition type follows the API resources. */
const BAD: { readonly [R in ConditionReason]: Partial<KeyStatus> } = {
  ReconciliationSucceeded: ready("True"),
  ObserveOnly: { ...ready("True"), mode: "observe", sync: "OutOfSync" },
  ValidationFailed: { ...ready("False"), sync: "Unknown" },
  DependencyNotReady: ready("False"),
  GuardrailRefused: ready("False"),
  AwaitingApproval: ready("False"),
  Rejected: ready("False"),
  ReconciliationFailed: ready("False"),
  PruneFailed: ready("False"),
  AccessDenied: ready("False"),
  OwnershipConflict: ready("False"),
  RoleNotUsed: ready("False"),
  RoleNotPublished: ready("False"),
  Progressing: { ...ready("Unknown"), sync: "Unknown" },
  ProgressingWithRetry: at("Reconciling"),
  WaitingForFunction: ready("Unknown"),
  ImmutableField: at("Stalled"),
  UnmodifiableRole: at("Stalled"),
  QuotaExceeded: at("Stalled"),
  RejectedByAws: at("Stalled"),
  DriftDetected: at("Drifted"),
  NoDriftDetected: { conditions: [condition({ type: "Drifted", status: "False" })] },
  CorrectionFailed: at("Drifted"),
  Contended: at("Drifted"),
  UpstreamChanged: at("Drifted"),
  Suspended: at("Suspended"),
};

function ready(status: Condition["status"]): Partial<KeyStatus> {
  return { conditions: [condition({ status, lastTransitionTime: LONG_AGO })] };
}

function at(type: Condition["type"]): Partial<KeyStatus> {
  return { conditions: [condition(), condition({ type, status: "True", lastTransitionTime: LONG_AGO })] };
}

function badly(reason: ConditionReason): Partial<KeyStatus> {
  const { conditions = [], ...rest } = BAD[reason];
  const last = conditions.at(-1);
  if (last === undefined) throw new Error("no condition");
  return { ...rest, conditions: [...conditions.slice(0, -1), { ...last, reason, message: "why" }] };
}

describe("every reason of a condition", () => {
  const reasons = Object.keys(REASON_ITEMS) as ConditionReason[];
  const listed = reasons.filter((reason) => !/^(AwaitingApproval|Suspended)$/.test(reason));

  test.each(listed)("%s becomes the item that the table names, and no other", async (reason) => {
    const { item } = REASON_ITEMS[reason];

    expect(kinds(await itemsOf(withStatus(badly(reason))))).toEqual(item === null ? [] : [item]);
  });

  test("a suspension is listed once, not for each binding that it covers", async () => {
    const state = withStatus(badly("Suspended"));
    const { suspensions } = fakeState().overview;
    state.overview = { ...state.overview, suspensions };

    expect(kinds(await itemsOf(state))).toEqual(["suspended", "suspended", "suspended"]);
  });
});

describe("a pending approval", () => {
  const subject = digestOf("own");
  const held = (): FakeState => {
    const state = withStatus(badly("AwaitingApproval"));
    const hold = {
      subject,
      code: "first-enforcing-pass" as const,
      reason: "first enforcing run",
      account: "prod",
      keys: [ORDERS_API],
      actions: 4,
      sinceMs: NOW_MS - 3_600_000,
    };
    return { ...state, overview: { ...state.overview, holds: [hold] } };
  };

  test("is one item of its digest, with the command that shows its calls", async () => {
    const digest = subject.slice("sha256:".length, "sha256:".length + 8);

    expect(await itemsOf(held())).toMatchObject([
      {
        kind: "approval",
        target: digest,
        message: "first enforcing run of prod, 4 calls",
        hint: `grantkeeper describe hold ${digest}`,
        since: LONG_AGO,
      },
    ]);
  });

  test("of ten thousand functions takes linear time", async () => {
    const keys = Array.from({ length: 10_000 }, (_, at) => `${ORDERS_API}-${at}` as Key);
    let searches = 0;
    const counted = new Proxy(keys, {
      get: (list, name) => {
        if (name === "includes" || name === "some" || name === "find") searches += 1;
        return Reflect.get(list, name) as unknown;
      },
    });
    const state = held();
    const holds = state.overview.holds.map((hold) => ({ ...hold, keys: counted }));
    const records = keys.map((key) => record(key, badly("AwaitingApproval")));

    const items = await itemsOf({ ...state, records, overview: { ...state.overview, holds } });

    expect([kinds(items), searches]).toEqual([["approval"], 0]);
  });

  test("is none once it was rejected", async () => {
    const state = held();
    const rejections = [{ subject, accountId: null, actor: "sam", reason: "no", at: NOW }];

    expect(await itemsOf({ ...state, overview: { ...state.overview, rejections } })).toEqual([]);
  });

  test("is a failed change if no approval can release it", async () => {
    const reason = "a statement without Sid is not declared";
    const fix = "aws lambda get-policy";
    const withheld = [{ kind: "not-in-this-version" as const, subject: "x", reason, fix }];
    const ready = condition({ status: "False", reason: "AwaitingApproval", message: reason });
    const state = withStatus({ conditions: [ready] });

    expect(
      await itemsOf({
        ...state,
        views: new Map([[ORDERS_API, view(ORDERS_API, { plan: plan(ORDERS_API, { withheld }) })]]),
      }),
    ).toMatchObject([{ kind: "unwritable", details: [reason], hint: fix }]);
  });
});

describe("an account", () => {
  const failing = { sinceMs: NOW_MS - 7_200_000, reason: "iam:X: AccessDenied", fix: "allow iam:X" };

  test.each([
    { state: withAccount({}, { failing }), message: "no complete read", because: "its reads fail" },
    { state: withAccount({ record: null }), message: "not read yet", because: "it was never read" },
    {
      state: withAccount({ unread: ["region us-east-1: AccessDenied"] }),
      message: "no complete read",
      because: "a region could not be read",
    },
    {
      state: withAccount({}, { lastSweepMs: NOW_MS - 1_000_000 }),
      message: "no complete read",
      because: "the last complete read is older than three intervals",
    },
  ])("is unreadable: $because", async ({ state, message }) => {
    expect(await itemsOf(state)).toMatchObject([{ kind: "unreadable", target: "account prod", message }]);
  });

  test("whose passes end with a bug of Grantkeeper is unreadable with the error, without a hint about identities", async () => {
    const reason = "TypeError: x is not a function";
    const state = withAccount({ hasFault: true }, { failing: { sinceMs: NOW_MS, reason, fix: "report it" } });

    expect(await itemsOf(state)).toMatchObject([
      { kind: "unreadable", details: [`internal error: ${reason}`], hint: "report it" },
    ]);
  });

  test("that cannot be read is one item, not one for each of its bindings", async () => {
    const state = withAccount({}, { failing });

    expect(await itemsOf({ ...state, records: [record(ORDERS_API, badly("AccessDenied"))] })).toMatchObject([
      { kind: "unreadable", details: ["observer: iam:X: AccessDenied"], hint: "allow iam:X" },
    ]);
  });

  test("whose writer lacks a permission is one item for all changes that need it", async () => {
    const denied = badly("AccessDenied");
    const state = { ...calm(), records: [record(ORDERS_API, denied), record(ORDERS_JOBS, denied)] };

    expect(await itemsOf(state)).toMatchObject([
      {
        kind: "unwritable",
        target: "account prod",
        message: "2 changes not applied",
        details: ["writer: why"],
      },
    ]);
  });
});

describe("access beyond what is declared", () => {
  const statement = {
    kind: "statement-extra",
    qualifier: null,
    sid: "try",
    ours: false,
    danger: "public",
  } as const;
  const open = drift(ORDERS_API, {
    change: statement,
    cause: "initial",
    delta: { ...NO_DELTA, allowed: [row({ principal: "AWS *", risk: "exposure" })] },
  });
  const escalated = drift(ORDERS_API, { delta: { ...NO_DELTA, allowed: [row({})] } });
  const seen = (...drifts: readonly (typeof open)[]): FakeState => ({
    ...calm(),
    views: new Map([[ORDERS_API, view(ORDERS_API, { drifts })]]),
  });

  test("is named: who can invoke it, by which statement, since when", async () => {
    expect(await itemsOf(seen(open))).toMatchObject([
      {
        kind: "exposed",
        message: "anyone can invoke it",
        details: ['statement "try", present at the first read'],
        security: true,
      },
    ]);
  });

  test("by an undeclared policy is an escalation, even in observe, where it is not reverted", async () => {
    const state = { ...seen(escalated), records: [record(ORDERS_API, badly("ObserveOnly"))] };

    expect(await itemsOf(state)).toMatchObject([
      { kind: "escalated", details: ['policy "hotfix", added in AWS, not declared'], security: true },
    ]);
  });

  test.each([
    { of: { ...escalated, certainty: "pending" as const }, because: "our own write is not visible yet" },
    {
      of: { ...escalated, cause: "revision" as const },
      because: "Git removes it: that is a change of ours",
    },
  ])("is not listed: $because", async ({ of }) => {
    expect(await itemsOf(seen(of))).toEqual([]);
  });

  test("is still named from the record after a restart, before the account was read", async () => {
    const delta = { ...NO_DELTA, allowed: [row({ principal: "AWS *", risk: "exposure", sid: "try" })] };
    const drifted = { since: LONG_AGO, fields: ["statement-extra"], delta, actor: null };
    const state = { ...withStatus({ drift: drifted }), views: new Map() };

    expect(await itemsOf(state)).toMatchObject([
      { kind: "exposed", details: ['statement "try", as last read'], since: LONG_AGO },
    ]);
  });
});

describe("a function", () => {
  test("whose role does not exist is named, even in observe", async () => {
    const state = {
      ...calm(),
      records: [record(ORDERS_API, badly("ObserveOnly"))],
      views: new Map([[ORDERS_API, view(ORDERS_API, { functionRole: "absent" })]]),
    };

    expect(await itemsOf(state)).toMatchObject([
      {
        kind: "no-role",
        message: "Lambda cannot assume its role",
        details: ["role/grantkeeper/orders-api-eu-west-1 does not exist"],
      },
    ]);
  });
});

describe("a function that runs on another role", () => {
  const SHARED = "arn:aws:iam::111122223333:role/orders-shared";
  const { liveFunction } = view(ORDERS_API);
  const onShared = (allowed: readonly DeltaRow[], reason: ConditionReason = "RoleNotUsed") => ({
    ...calm(),
    records: [record(ORDERS_API, badly(reason))],
    views: new Map([
      [
        ORDERS_API,
        view(ORDERS_API, {
          liveFunction: liveFunction === null ? null : { ...liveFunction, roleArn: SHARED as Arn },
          drifts: [
            drift(ORDERS_API, {
              change: { kind: "function-role" },
              live: SHARED,
              delta: { ...NO_DELTA, allowed },
            }),
          ],
        }),
      ],
    ]),
  });
  const deploy = "deploy it with role/grantkeeper/orders-api-eu-west-1";

  test("is an escalation if that role allows more, even in observe, and is named once", async () => {
    for (const reason of ["RoleNotUsed", "ObserveOnly"] as const)
      expect(await itemsOf(onShared([row({ action: "*", risk: "escalation" })], reason))).toMatchObject([
        {
          kind: "escalated",
          security: true,
          message: "it runs on another role, with permissions beyond the declared ones",
          details: ["role/orders-shared, not role/grantkeeper/orders-api-eu-west-1"],
          hint: deploy,
        },
      ]);
  });

  test("is one item if that role allows an escalation and an exposure", async () => {
    const rows = [row({ action: "*", risk: "escalation" }), row({ action: "lambda:*", risk: "exposure" })];

    expect(await itemsOf(onShared(rows))).toMatchObject([{ kind: "escalated" }]);
  });

  test("is exposed if that role can only open resources, without a caller", async () => {
    expect(
      await itemsOf(onShared([row({ action: "lambda:AddPermission", risk: "exposure" })])),
    ).toMatchObject([
      { kind: "exposed", message: "it runs on another role, which can open resources to others" },
    ]);
  });

  test("only lacks its declared role if the other role allows nothing risky", async () => {
    expect(await itemsOf(onShared([]))).toMatchObject([{ kind: "no-role", security: false, hint: deploy }]);
  });
});

describe("a refused function", () => {
  const finding = (rule: string, line: number, why: string): Finding => ({
    rule,
    severity: "block",
    key: ORDERS_API,
    origin: { file: "teams/orders/orders-api.yaml", line, column: 7, path: "" },
    evidence: `${rule} ${line} ${why}`,
    why,
    fix: `fix ${rule}`,
    waiver: { kind: "none" },
  });
  const itemOf = async (findings: readonly Finding[]) => {
    const conditions = badly("GuardrailRefused");
    const [item] = await itemsOf({
      ...calm(),
      records: [record(ORDERS_API, conditions)],
      views: new Map([[ORDERS_API, view(ORDERS_API, { findings })]]),
    });
    return item;
  };

  test("names every rule that refuses it, not only the first", async () => {
    const item = await itemOf([
      finding("BND-002", 12, "outside the boundary"),
      finding("PASS-001", 14, "hands any role to something new"),
    ]);

    expect(item).toMatchObject({
      kind: "refused",
      details: ["BND-002: outside the boundary", "PASS-001: hands any role to something new"],
      hint: "fix BND-002, at teams/orders/orders-api.yaml:12",
    });
  });

  test("counts the consequences of one mistake, and the rules beyond the third", async () => {
    const item = await itemOf([
      finding("ACT-001", 12, "every service"),
      finding("ESC-PassRole", 12, "follows from it"),
      finding("INV-003", 20, "anyone can invoke it"),
      finding("RES-001", 22, "all queues"),
      finding("TRU-001", 30, "trusts others"),
    ]);

    expect(item?.details).toEqual([
      "ACT-001: every service (and 1 more finding at this line)",
      "INV-003: anyone can invoke it",
      "RES-001: all queues",
      "and 1 more finding",
    ]);
  });
});

describe("the source", () => {
  const change = (source: Partial<FakeState["overview"]["source"]>): FakeState => {
    const state = calm();
    return { ...state, overview: { ...state.overview, source: { ...state.overview.source, ...source } } };
  };
  const { held } = fakeState().overview.source;

  test.each([
    {
      state: change({ failure: { message: "cannot reach git", fix: "check it", refused: false } }),
      message: "cannot reach git",
    },
    { state: change({ held }), message: "main@aaaaaaa is not accepted" },
    { state: change({ accepted: null }), message: "no revision was read yet" },
  ])("is an item: $message", async ({ state, message }) => {
    expect(await itemsOf(state)).toMatchObject([{ kind: "source", target: "main", message }]);
  });

  test("a document with several errors is one item with its last applied state", async () => {
    const state = calm();
    const [diagnostic] = fakeState().overview.diagnostics;
    if (diagnostic === undefined) throw new Error("no diagnostic");
    const origin = { ...diagnostic.origin, file: "teams/orders/orders-api.yaml" };
    const diagnostics = [
      { ...diagnostic, origin },
      { ...diagnostic, origin },
    ];

    expect(await itemsOf({ ...state, overview: { ...state.overview, diagnostics } })).toMatchObject([
      {
        kind: "broken",
        target: "orders/orders-api",
        message: "aaaaaaa remains in effect",
        details: [expect.stringMatching(/^teams\/orders\/orders-api\.yaml:17:9: .* \(and 1 more\)$/)],
        keys: [ORDERS_API],
      },
    ]);
  });

  test("a document that was applied in some of its targets does not call them all in effect", async () => {
    const state = calm();
    const [diagnostic] = fakeState().overview.diagnostics;
    if (diagnostic === undefined) throw new Error("no diagnostic");
    const origin = { ...diagnostic.origin, file: "teams/orders/orders-api.yaml" };
    const [object] = state.objects.filter(({ file }) => file === origin.file);
    if (object === undefined) throw new Error("no object");
    const elsewhere = ORDERS_API.replace("eu-west-1", "eu-central-1") as Key;
    const objects = [{ ...object, keys: [ORDERS_API, elsewhere] }];
    const records = [record(ORDERS_API), record(elsewhere, { lastAppliedRevision: null })];
    const overview = { ...state.overview, diagnostics: [{ ...diagnostic, origin }] };

    expect(await itemsOf({ ...state, objects, records, overview })).toMatchObject([
      { kind: "broken", message: "aaaaaaa remains in effect in 1 of 2 targets", keys: [ORDERS_API] },
    ]);
  });
});

test.each([
  { file: "teams/evil", shown: true, because: "another folder whose name begins the same" },
  { file: "teams/evil-corp", shown: false, because: "the folder of the file" },
  { file: "teams/evil-corp/a.yaml", shown: false, because: "the file" },
])("an error of $file: $because", async ({ file, shown }) => {
  const state = calm();
  const [diagnostic] = fakeState().overview.diagnostics;
  if (diagnostic === undefined) throw new Error("no diagnostic");
  const origin = { ...diagnostic.origin, file };
  const message = "it is also declared at teams/evil-corp/a.yaml:3:1";
  const invalid = {
    ...condition({ reason: "ValidationFailed" }),
    type: "Ready",
    status: "False",
    message,
  } as const;
  const records = [record(ORDERS_API, { conditions: [invalid] })];

  const items = await itemsOf({
    ...state,
    objects: [],
    records,
    overview: {
      ...state.overview,
      diagnostics: [{ ...diagnostic, origin }],
      brokenKeys: new Map([[ORDERS_API, "teams/evil-corp/a.yaml"]]),
    },
  });

  expect(items.some((item) => item.details.includes(message))).toBe(shown);
});

test("a token of one namespace sees its own part, and reads nothing of others", async () => {
  const items = await itemsOf(
    { ...fakeState(), records: [record(ORDERS_API), record(REFUNDS, badly("Contended"))] },
    ORDERS,
  );

  expect(kinds(items)).not.toContain("contended");
  expect(items.flatMap((item) => ("key" in item ? [item.key] : []))).not.toContain(REFUNDS);
});

test("items are sorted by kind in the published order", async () => {
  const found = kinds(await itemsOf({ ...fakeState(), records: [record(ORDERS_API, badly("RoleNotUsed"))] }));
  const order = found.map((kind) => ITEM_KINDS.findIndex((one) => one === kind));

  expect(order.length).toBeGreaterThan(4);
  expect(order).toEqual([...order].sort((a, b) => a - b));
});
