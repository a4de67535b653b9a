import { describe, expect, test } from "@jest/globals";
import type { BindingObject, DriftObject } from "../../../src/api/bindings.ts";
import type { AuditEvent } from "../../../src/api/events.ts";
import { describeLines, type DescribeFacts } from "../../../src/cli/render/describe.ts";
import type { DesiredBinding } from "../../../src/model/desired.ts";
import { NO_DELTA } from "../../../src/model/delta.ts";
import type { Key } from "../../../src/model/key.ts";
import { parseRevision } from "../../../src/model/revision.ts";
import { checked } from "../../support/audit-facts.ts";
import { accountText, compileTexts, functionText } from "../../support/manifests.ts";

const NOW_MS = Date.parse("2026-11-25T12:00:00Z");
const REVISION = checked(parseRevision(`main@sha1:${"9c1d04e".padEnd(40, "0")}`));
const SPEC = `  logs: false
  grants:
    - dynamodb: {table: orders, allow: [read, write]}
    - events: {bus: main, allow: [put]}
      until: "2026-12-31T00:00:00Z"
      reason: INC-3312
  invokedBy:
    - s3: {bucket: uploads}
      qualifier: live
`;

const compiled = compileTexts({
  "platform/staging.yaml": accountText("staging", "111111111111"),
  "teams/orders/api.yaml": functionText("orders-api", SPEC).replace(
    "accounts: [prod]",
    "accounts: [prod, staging]",
  ),
});

function bindingOf(account: string): DesiredBinding {
  return checked([...compiled.desired.bindings.values()].find((binding) => binding.account === account));
}

function object(account: string, change: Partial<BindingObject["status"]> = {}): BindingObject {
  const desired = bindingOf(account);
  const { key, accountId, region, role, functionName, functionArn } = desired;
  return {
    apiVersion: "grantkeeper.dev/v1alpha1",
    kind: "Binding",
    metadata: { name: "x", namespace: "orders" },
    spec: { key, desired, source: { file: "teams/orders/api.yaml", line: 1 } },
    status: {
      key,
      account,
      accountId,
      region,
      mode: "enforce",
      sync: "Synced",
      health: "Healthy",
      lastAttemptedRevision: REVISION,
      lastAppliedRevision: REVISION,
      lastVerifiedAt: "2026-11-25T11:59:22.000Z",
      inventory: [],
      drift: null,
      plan: null,
      conditions: [],
      notWatched: ["function URL", "layers"],
      notes: [],
      live: {
        readAt: "2026-11-25T11:59:22.000Z",
        role: null,
        function: {
          name: functionName,
          arn: functionArn,
          roleArn: role.arn,
          revisionId: "r",
          needs: {
            vpc: false,
            tracing: false,
            deadLetterArn: null,
            fileSystemArns: [],
            kmsKeyArn: null,
            logGroup: null,
          },
          triggers: { kind: "unknown", reason: "not asked for" },
          versions: {
            kind: "present",
            value: [
              { version: "40", roleArn: "arn:aws:iam::222222222222:role/orders-shared" },
              { version: "41", roleArn: role.arn },
            ],
          },
          aliases: { kind: "present", value: [{ name: "live", versions: ["41"] }] },
          edge: false,
          policies: {
            "": {
              kind: "present",
              value: {
                revisionId: "r",
                text: JSON.stringify({
                  Version: "2012-10-17",
                  Statement: [
                    {
                      Sid: "events-rule-nightly",
                      Effect: "Allow",
                      Principal: { Service: "events.amazonaws.com" },
                      Action: "lambda:InvokeFunction",
                      Resource: functionArn,
                    },
                  ],
                }),
              },
            },
          },
        },
      },
      ...change,
    },
  };
}

function facts(change: Partial<DescribeFacts>): DescribeFacts {
  return {
    bindings: [],
    drifts: [],
    events: [],
    authors: new Map(),
    accepted: REVISION,
    nowMs: NOW_MS,
    ...change,
  };
}

const drift = (key: Key): DriftObject => ({
  apiVersion: "grantkeeper.dev/v1alpha1",
  kind: "Drift",
  metadata: { name: "d" },
  status: {
    key,
    subject: "arn:aws:iam::111111111111:role/grantkeeper/x",
    change: { kind: "attachment-extra", arn: "arn:aws:iam::aws:policy/AdministratorAccess" },
    tier: "security",
    cause: "out-of-band",
    certainty: "confirmed",
    live: "arn:aws:iam::aws:policy/AdministratorAccess",
    desired: null,
    delta: NO_DELTA,
    origin: null,
    since: "2026-11-25T11:48:00.000Z",
    readAt: "2026-11-25T11:59:22.000Z",
  },
});

test("one function is described from what it is to what happened last", () => {
  const event = (seq: number, at: string, rest: object): AuditEvent => ({ seq, at, ...rest }) as AuditEvent;
  const { key } = bindingOf("prod");
  const events = [
    event(9, "2026-11-23T12:00:01.000Z", { kind: "write-finished", intent: 7, outcome: "applied" }),
    event(8, "2026-11-23T12:00:00.000Z", {
      kind: "write-intended",
      pass: "p1",
      key,
      revision: REVISION,
      call: "lambda:AddPermission",
    }),
    event(7, "2026-11-23T12:00:00.000Z", {
      kind: "write-intended",
      pass: "p1",
      key,
      revision: REVISION,
      call: "iam:PutRolePolicy",
    }),
    event(3, "2026-11-16T11:00:34.000Z", {
      kind: "drift-ended",
      key,
      fields: ["attachment-extra"],
      how: "reverted",
    }),
    event(2, "2026-11-16T11:00:00.000Z", { kind: "drift-found", key, fields: ["attachment-extra"] }),
  ];

  expect(
    describeLines(
      facts({ bindings: [object("prod")], events, authors: new Map([["9c1d04e", "Dana Ruiz"]]) }),
    ),
  ).toEqual([
    "orders/orders-api     teams/orders/api.yaml @ 9c1d04e     function orders-api",
    "",
    "TARGET          MODE     SYNC    VERIFIED  APPLIED  WHY",
    "prod/eu-west-1  enforce  Synced  38s ago   9c1d04e",
    "",
    "May do (prod/eu-west-1)",
    "  dynamodb read, write  table/orders, indexes             line 8",
    "  events put            event-bus/main, until 2026-12-31  line 9   INC-3312",
    "  within boundary       platform-default                  account",
    "",
    "May be called by (prod/eu-west-1)",
    "  s3 uploads → live                           line 13",
    "  not in git         1 statement, left alone  Sid events-rule-nightly",
    "",
    "Role  arn:aws:iam::222222222222:role/grantkeeper/orders-api-eu-west-1",
    "      $LATEST and version 41 (live) run on it; version 40 runs on orders-shared",
    "",
    "Not watched: function URL, layers",
    "",
    "Last",
    "  2d  9c1d04e   Dana Ruiz (claimed)  2 calls  iam:PutRolePolicy, lambda:AddPermission",
    "  9d  reverted  stood 34s                     attachment-extra",
  ]);
});

test("a pass that wrote is told by what it gave and took, where the record has it", () => {
  const { key } = bindingOf("prod");
  const row = (
    action: string,
    sid: string | null,
    resource = "arn:aws:dynamodb:eu-west-1:1:table/orders",
  ) => {
    return { effect: "Allow", action, sid, resource };
  };
  const event = (seq: number, delta: unknown): AuditEvent =>
    ({
      seq,
      at: "2026-11-23T12:00:00.000Z",
      kind: "write-intended",
      pass: "p1",
      key,
      revision: REVISION,
      call: "iam:PutRolePolicy",
      delta,
    }) as AuditEvent;
  const read = "DynamodbRead1a2b3c4d";
  const allowed = [
    row("dynamodb:GetItem", read),
    row("dynamodb:Query", read, "arn:aws:dynamodb:eu-west-1:1:table/orders/index/*"),
    row("sqs:SendMessage", null, "arn:aws:sqs:eu-west-1:1:q"),
    { ...row("s3:GetObject", null, "*"), effect: "Deny" },
  ];
  const last = (...events: readonly AuditEvent[]): string =>
    describeLines(facts({ bindings: [object("prod")], events })).at(-1) ?? "";

  const told = last(
    event(2, { allowed: [], noLongerAllowed: [row("sns:Publish", null, "*")] }),
    event(1, { allowed, noLongerAllowed: [] }),
  );

  expect(told).toMatch(
    /2 calls {2}\+ dynamodb read table\/orders, sqs:SendMessage sqs\/q, 1 more - sns:Publish \*$/,
  );
  for (const old of [undefined, null, "x", { allowed: "x" }])
    expect(last(event(1, old))).toMatch(/1 call {2}iam:PutRolePolicy$/);
});

describe("what is no drift and worth knowing", () => {
  const NOTE =
    "inline policy grantkeeper is written otherwise than git says it and means the same: left as it is";

  test("is told once where all targets have it", () => {
    const both = [object("prod", { notes: [NOTE] }), object("staging", { notes: [NOTE] })];

    expect(describeLines(facts({ bindings: both }))).toContain(`Note  ${NOTE}`);
  });

  test("names the target where one of several has it", () => {
    const lines = describeLines(facts({ bindings: [object("prod", { notes: [NOTE] }), object("staging")] }));

    expect(lines).toContain(`Note  prod/eu-west-1: ${NOTE}`);
  });
});

describe("targets", () => {
  test("of which one differs show since when, and what", () => {
    const staging = object("staging", {
      mode: "observe",
      sync: "OutOfSync",
      lastAppliedRevision: null,
      drift: {
        since: "2026-11-25T11:48:00.000Z",
        fields: ["attachment-extra"],
        delta: NO_DELTA,
        actor: null,
      },
    });
    const lines = describeLines(
      facts({ bindings: [object("prod"), staging], drifts: [drift(staging.spec.key)] }),
    );

    expect(lines.slice(2, 8)).toEqual([
      "TARGET             MODE     SYNC       VERIFIED  APPLIED  WHY",
      "prod/eu-west-1     enforce  Synced     38s ago   9c1d04e",
      "staging/eu-west-1  observe  OutOfSync  38s ago   -        drift for 12m, it is observed only",
      "",
      "staging/eu-west-1 differs since 11:48Z",
      "  + AdministratorAccess attached to its role",
    ]);
  });

  test("with the same permissions tell them once", () => {
    const lines = describeLines(facts({ bindings: [object("prod"), object("staging")] }));

    expect(lines.filter((line) => line.startsWith("May do"))).toEqual(["May do (everywhere)"]);
  });

  test("that left git say so and show no permissions", () => {
    const gone = object("prod");
    const lines = describeLines(
      facts({ bindings: [{ ...gone, spec: { ...gone.spec, desired: null, source: null } }] }),
    );

    expect(lines[0]).toBe("orders/orders-api     no longer in git");
    expect(lines.some((line) => line.startsWith("May do"))).toBe(false);
  });

  test("whose function is not there say so", () => {
    const gone = object("prod", { live: null });

    expect(describeLines(facts({ bindings: [gone] }))).toContain(
      "      the function is not there, or was not read",
    );
  });
});
