import { accountText, compileTexts } from "../manifests.ts";
import type { DesiredTeam } from "../../../src/model/rules/team.ts";
import type { AuditEntry } from "../../../src/audit/entry.ts";
import { nextEntry, CHAIN_START } from "../../../src/audit/chain.ts";
import type { Waiver } from "../../../src/model/desired.ts";
import { driftFingerprint } from "../../../src/model/drift.ts";
import { type Key } from "../../../src/model/keys/key.ts";
import type { Verdict } from "../../../src/model/verdict.ts";
import { intent } from "../record/audit-facts.ts";
import { NOW } from "../fakes/fake-control.ts";
import type { FakeState } from "../fakes/fake-state.ts";
import type { ObjectRecord } from "../../../src/model/records/object-record.ts";
import { AUDIT_READ, LEDGER, ORDERS_API, ORDERS_JOBS, PAYMENTS_SUBJECT, REFUNDS } from "./world-keys.ts";
import { drift, record, view } from "./world-states.ts";
import { overview } from "./world-overview.ts";

export function manifest(change: Partial<ObjectRecord> = {}): ObjectRecord {
  const name = change.name ?? "orders-api";
  const namespace = change.namespace ?? "orders";
  return {
    kind: "FunctionPermission",
    namespace,
    name,
    uid: `uid-${namespace}-${name}`,
    generation: 3,
    observedGeneration: 3,
    resourceVersion: 17,
    createdAt: NOW,
    document: JSON.stringify({
      metadata: { name, labels: { tier: "1", team: namespace } },
      spec: { mode: "enforce" },
    }),
    file: `teams/${namespace}/${name}.yaml`,
    line: 1,
    keys: [],
    ...change,
  };
}

const AWS_ACCOUNT_SPEC = {
  id: "111122223333",
  mode: "enforce",
  observer: { role: "arn:aws:iam::111122223333:role/observer", externalId: "external-secret" },
  vars: { paymentsTable: "payments-prod" },
};

const REFUNDS_HOLD: Verdict = {
  kind: "hold",
  code: "limit-deletes",
  reason: "would delete 4 roles of payments, limit 3",
  subject: PAYMENTS_SUBJECT,
};

function waiver(name: string, of: Key): Waiver {
  const origin = { file: "platform/waivers.yaml", line: 1, column: 1, path: "" };
  return { name, rule: "RES-001", binding: of, reason: "x", owner: "dana", until: NOW, origin };
}

const TEAM_SPECS = {
  orders: {
    accounts: ["prod"],
    functions: ["orders-*"],
    resources: ["table/orders-*"],
    alerts: ["orders-chat"],
    shares: [{ with: "payments", resources: ["table/orders-events"] }],
  },
  payments: {
    accounts: ["*"],
    functions: ["refunds"],
    resources: ["invoices"],
    shares: [{ with: "orders", resources: ["invoices"], grants: { dynamodb: ["read"] } }],
  },
  search: { accounts: ["nowhere"], functions: "*" },
};

/** As `TEAM_SPECS` compile to; `search` has an error. */
function teams(): readonly DesiredTeam[] {
  const origin = { file: "platform/all.yaml", line: 1, column: 1, path: "" };
  const files = { "platform/teams.yaml": Object.entries(TEAM_SPECS).map(teamText).join("---\n") };
  const { desired } = compileTexts({
    "platform/accounts.yaml": accountText("prod", "111122223333"),
    ...files,
  });
  return [...desired.teams.values()].map((team) => ({ ...team, origin }));
}

function teamText([name, spec]: readonly [string, object]): string {
  return `${JSON.stringify({ apiVersion: "grantkeeper.dev/v1alpha1", kind: "Team", metadata: { name }, spec })}\n`;
}

function history(): readonly AuditEntry[] {
  const first = nextEntry(
    CHAIN_START,
    { kind: "stopped", version: "0.1.0", reason: "asked for payments" },
    NOW,
  );
  const second = nextEntry({ seq: first.seq, hash: first.hash }, intent({ key: ORDERS_API }), NOW);
  const third = nextEntry({ seq: second.seq, hash: second.hash }, intent({ key: REFUNDS }), NOW);
  return [first, second, third];
}

/** A fresh world for each test. */
export function fakeState(): FakeState {
  const extra = drift(ORDERS_API);
  const platform = { namespace: "platform", file: "platform/all.yaml" } as const;
  return {
    overview: overview(),
    objects: [
      manifest({ keys: [ORDERS_API] }),
      manifest({
        name: "orders-jobs",
        keys: [ORDERS_JOBS],
      }),
      manifest({ namespace: "payments", name: "refunds", keys: [REFUNDS] }),
      manifest({ kind: "ManagedPolicy", namespace: "payments", name: "ledger", keys: [LEDGER] }),
      manifest({ kind: "ManagedPolicy", name: "audit-read", keys: [AUDIT_READ], ...platform }),
      manifest({
        kind: "AwsAccount",
        name: "prod",
        ...platform,
        document: JSON.stringify({ spec: AWS_ACCOUNT_SPEC }),
      }),
      ...Object.entries(TEAM_SPECS).map(([name, spec]) =>
        manifest({ kind: "Team", name, ...platform, document: JSON.stringify({ spec }) }),
      ),
      manifest({ kind: "Waiver", name: "ord-77", ...platform }),
      manifest({
        kind: "Waiver",
        name: "ref-1",
        ...platform,
        document: JSON.stringify({ spec: { binding: "payments/refunds@prod" } }),
      }),
      manifest({
        kind: "Waiver",
        name: "broken",
        ...platform,
        document: JSON.stringify({ spec: { binding: "payments/ledgr" } }),
      }),
    ],
    records: [
      {
        ...record(ORDERS_API, { sync: "OutOfSync" }),
        driftSinceMs: { [driftFingerprint(extra)]: Date.parse(NOW) },
      },
      record(REFUNDS),
      record(LEDGER),
      record(AUDIT_READ),
    ],
    views: new Map([
      [ORDERS_API, view(ORDERS_API, { drifts: [extra] })],
      [REFUNDS, view(REFUNDS, { verdict: REFUNDS_HOLD, drifts: [drift(REFUNDS)] })],
      [LEDGER, view(LEDGER)],
    ]),
    permissions: new Map(),
    teams: teams(),
    waivers: [waiver("ord-77", ORDERS_API), waiver("ref-1", REFUNDS)],
    history: history(),
    version: 42,
    ready: true,
    formerlyHeld: new Map(),
    refusal: null,
    broken: null,
  };
}
