import { describe, expect, test } from "@jest/globals";
import { NO_DELTA, type DeltaRow } from "../../../../src/model/delta.ts";
import type { Digest } from "../../../../src/model/values/digest.ts";
import type { Drift, DriftChange } from "../../../../src/model/drift.ts";
import type { Finding } from "../../../../src/model/finding.ts";
import type { LastApplied } from "../../../../src/model/keys/last-applied.ts";
import type { Key } from "../../../../src/model/keys/key.ts";
import type { KeyPlan } from "../../../../src/model/plan.ts";
import { joined, netDelta } from "../../../../src/plan/render/net-delta.ts";
import { renderPlan } from "../../../../src/plan/render/plan.ts";
import { renderPlanSummary } from "../../../../src/plan/render/plan-summary.ts";
import { isHeld, type PlanView } from "../../../../src/plan/render/plan-view.ts";
import { driftLine, planLine } from "../../../../src/plan/render/drift-line.ts";
import { columns, grantOfRow, rowText, shortArn } from "../../../../src/plan/render/words.ts";
import {
  accountWith,
  allow,
  appliedRecord,
  binding,
  compiled,
  context,
  liveFunctionOf,
  liveRoleOf,
  ORDERS_READ,
  ORIGIN,
  planOfBinding,
} from "../../../support/pass/bindings.ts";

function row(change: Partial<DeltaRow> = {}): DeltaRow {
  return {
    effect: "Allow",
    principal: null,
    action: "sqs:SendMessage",
    resource: "arn:aws:sqs:eu-west-1:111122223333:orders-dlq",
    condition: "",
    from: "inline hotfix",
    sid: null,
    origin: null,
    certainty: "proved",
    risk: "none",
    otherCondition: null,
    limit: null,
    ...change,
  };
}

function mayDo(action: string): Drift["delta"] {
  return { allowed: [row({ action })], noLongerAllowed: [], unknownEffect: [] };
}

function drift(change: DriftChange, more: Partial<Drift> = {}): Drift {
  return {
    key: binding().key,
    subject: binding().role.arn,
    change,
    tier: "security",
    cause: "out-of-band",
    certainty: "confirmed",
    live: null,
    desired: null,
    delta: NO_DELTA,
    origin: null,
    ...more,
  };
}

describe("one difference as one line", () => {
  const extra = { kind: "statement-extra", qualifier: null, sid: "test1", ours: false } as const;
  const more = { allowed: [row()], noLongerAllowed: [], unknownEffect: [] };
  const less = { allowed: [], noLongerAllowed: [row()], unknownEffect: [] };

  test.each<{ is: Drift; line: string }>([
    { is: drift({ kind: "role-missing" }), line: "- its role does not exist" },
    {
      is: drift({ kind: "role-path" }, { live: "/a/", desired: "/b/" }),
      line: "! its role has the path /a/, Git declares /b/",
    },
    {
      is: drift({ kind: "role-recreated", knownRoleId: "a", liveRoleId: "b" }),
      line: "! its role was deleted and created again",
    },
    { is: drift({ kind: "ownership-tag", tag: "x" }), line: "! ownership tag x is gone or changed" },
    {
      is: drift(
        { kind: "trust" },
        {
          delta: {
            allowed: [row({ principal: "AWS *", action: "sts:AssumeRole", resource: "" })],
            noLongerAllowed: [],
            unknownEffect: [],
          },
        },
      ),
      line: "+ others can assume its role: anyone: sts:AssumeRole",
    },
    { is: drift({ kind: "trust" }), line: "- its role's trust policy differs from Git" },
    { is: drift({ kind: "boundary" }), line: "+ its role has no boundary" },
    {
      is: drift(
        { kind: "boundary" },
        { live: "arn:aws:iam::1:policy/a", desired: "arn:aws:iam::1:policy/b" },
      ),
      line: "! its role's boundary is a, Git declares b",
    },
    { is: drift({ kind: "inline" }), line: "- its inline policy is gone" },
    {
      is: drift({ kind: "inline" }, { live: "{}", delta: more }),
      line: "+ sqs:SendMessage queue/orders-dlq, inline policy changed",
    },
    {
      is: drift({ kind: "inline" }, { live: "{}", delta: less }),
      line: "- sqs:SendMessage queue/orders-dlq, inline policy changed",
    },
    {
      is: drift({ kind: "inline" }, { live: "{}", tier: "metadata" }),
      line: "! inline policy has other Sids than in Git",
    },
    {
      is: drift({ kind: "inline" }, { live: "{}" }),
      line: "! inline policy differs in wording from Git",
    },
    {
      is: drift({ kind: "inline-extra", policyName: "hotfix" }, { delta: more }),
      line: '+ sqs:SendMessage queue/orders-dlq by policy "hotfix", not declared',
    },
    {
      is: drift({ kind: "inline-extra", policyName: "x" }),
      line: '+ policy "x", not declared',
    },
    {
      is: drift({ kind: "attachment-missing", arn: "arn:aws:iam::aws:policy/A" }),
      line: "- A not attached to its role",
    },
    {
      is: drift({ kind: "attachment-extra", arn: "arn:aws:iam::aws:policy/AdministratorAccess" }),
      line: "+ AdministratorAccess attached to its role",
    },
    { is: drift({ kind: "description" }), line: "! its role's description differs from Git" },
    { is: drift({ kind: "max-session-duration" }), line: "! its role's session length differs from Git" },
    { is: drift({ kind: "tag-missing", tag: "x" }), line: "! tag x is missing on its role" },
    { is: drift({ kind: "tag-different", tag: "x" }), line: "! tag x on its role has another value" },
    { is: drift({ kind: "tag-extra", tag: "x" }), line: "! tag x on its role is not declared" },
    {
      is: drift(
        { kind: "tag-different", tag: "x" },
        { delta: { ...NO_DELTA, unknownEffect: [{ kind: "role-tag", tag: "x", row: row() }] } },
      ),
      line: "! tag x on its role has another value, which decides on sqs:SendMessage queue/orders-dlq",
    },
    {
      is: drift(
        { kind: "statement-missing", qualifier: "live", sid: "s" },
        {
          delta: {
            allowed: [],
            noLongerAllowed: [row({ principal: "Service s3.amazonaws.com" })],
            unknownEffect: [],
          },
        },
      ),
      line: "- s3.amazonaws.com cannot invoke it on live",
    },
    {
      is: drift({ kind: "statement-missing", qualifier: null, sid: "s" }),
      line: "- a declared caller cannot invoke it",
    },
    {
      is: drift(
        { kind: "statement-missing", qualifier: null, sid: "s" },
        { delta: { allowed: [], noLongerAllowed: [row()], unknownEffect: [] } },
      ),
      line: "- caller cannot invoke it",
    },
    {
      is: drift({ ...extra, danger: "public" }),
      line: '+ anyone can invoke it (statement "test1")',
    },
    {
      is: drift({ ...extra, danger: "public" }, { delta: mayDo("lambda:*") }),
      line: `+ anyone can change the function's code (statement "test1")`,
    },
    {
      is: drift({ ...extra, danger: "takeover" }, { delta: mayDo("lambda:UpdateFunctionCode") }),
      line: `+ another account can change the function's code (statement "test1")`,
    },
    {
      is: drift({ ...extra, danger: "takeover" }, { delta: mayDo("lambda:AddPermission") }),
      line: '+ another principal can do more than invoke it (statement "test1")',
    },
    {
      is: drift({ ...extra, danger: "foreign-account", qualifier: "live" }),
      line: '+ another account can invoke it on live (statement "test1")',
    },
    {
      is: drift({ ...extra, danger: "none", sid: null }),
      line: "+ an undeclared caller can invoke it (a statement without Sid)",
    },
    {
      is: drift({ ...extra, danger: "none" }, { live: `{"Effect":"Deny"}` }),
      line: '- calls are denied (statement "test1")',
    },
    {
      is: drift(
        { kind: "function-role" },
        { live: "arn:aws:iam::1:role/a", desired: "arn:aws:iam::1:role/b" },
      ),
      line: "! the function runs on role/a, Git declares role/b",
    },
    { is: drift({ kind: "function-role" }), line: "! the function runs on no role, Git declares " },
    {
      is: drift({ kind: "role-not-published", versions: ["7"] }),
      line: "! version 7 behind an alias runs on another role",
    },
    {
      is: drift({ kind: "role-not-published", versions: ["7", "8"] }),
      line: "! versions 7, 8 behind an alias run on another role",
    },
    { is: drift({ kind: "policy-missing" }), line: "- the policy does not exist" },
    {
      is: drift({ kind: "policy-document" }, { live: "{}", delta: more }),
      line: "+ sqs:SendMessage queue/orders-dlq, the policy changed",
    },
    { is: drift({ kind: "policy-tag", tag: "x" }), line: "! tag x of the policy differs from Git" },
    {
      is: drift({ kind: "policy-description" }),
      line: "! the policy's description differs from Git, and cannot be changed",
    },
    {
      is: drift({ kind: "upstream-changed", arn: "arn:aws:iam::aws:policy/A", versionId: "v2" }),
      line: "! AWS changed its policy A (now v2)",
    },
  ])("$line", ({ is, line }) => {
    expect(driftLine(is)).toBe(line);
  });

  test("many permissions are counted after the second", () => {
    const rows = ["a", "b", "c", "d"].map((action) => row({ action: `s3:${action}`, resource: "*" }));

    expect(
      driftLine(
        drift(
          { kind: "inline-extra", policyName: "x" },
          { delta: { allowed: rows, noLongerAllowed: [], unknownEffect: [] } },
        ),
      ),
    ).toBe('+ s3:a *, s3:b *, 2 more by policy "x", not declared');
  });
});

describe("names in texts", () => {
  test.each([
    ["arn:aws:dynamodb:eu-west-1:111122223333:table/orders", "table/orders"],
    ["arn:aws:lambda:eu-west-1:111122223333:function:orders-api:live", "function/orders-api:live"],
    ["arn:aws:s3:::uploads", "uploads"],
    ["arn:aws:sqs:eu-west-1:111122223333:dlq", "queue/dlq"],
    ["arn:aws:iam::111122223333:role/grantkeeper/x", "role/grantkeeper/x"],
    ["arn:aws:logs:eu-west-1:111122223333:log-group:/aws/lambda/x", "/aws/lambda/x"],
    ["arn:aws:logs:eu-west-1:111122223333:log-group:x", "log-group/x"],
    ["arn:x", "/"],
    ["*", "*"],
  ])("%s is %s", (arn, short) => {
    expect(shortArn(arn)).toBe(short);
  });

  test.each([
    ["DynamodbRead0a1b2c3d", "dynamodb read"],
    ["S3ReadVersions0a1b2c3d", "s3 readVersions"],
    ["DynamodbRead0a1b2c3d2", "dynamodb read"],
    ["StatementAllow0a1b2c3d", null],
    ["made-by-sam", null],
    [null, null],
  ])(
    "the Sid %s of a declared statement is %s, and of one that Git does not declare no grant",
    (sid, grant) => {
      expect(grantOfRow({ sid, from: "inline grantkeeper", origin: ORIGIN })).toBe(grant);
      expect(grantOfRow({ sid, from: "inline grantkeeper", origin: null })).toBeNull();
      expect(grantOfRow({ sid, from: "inline hotfix", origin: ORIGIN })).toBeNull();
    },
  );

  test.each([
    { is: row({ effect: "Deny" }), text: "Deny sqs:SendMessage queue/orders-dlq" },
    { is: row({ condition: "{}" }), text: "sqs:SendMessage queue/orders-dlq under a condition" },
    { is: row({ action: "unknown" }), text: "something that is not understood (inline hotfix)" },
    {
      is: row({ principal: "Service s3.amazonaws.com" }),
      text: "s3.amazonaws.com: sqs:SendMessage queue/orders-dlq",
    },
  ])("$text", ({ is, text }) => {
    expect(rowText(is)).toBe(text);
  });

  test("columns are as wide as their widest cell, except the last", () => {
    expect(
      columns(
        [
          ["a", "bb", "c"],
          ["aaa", "b"],
        ],
        "  ",
      ),
    ).toEqual(["a    bb  c", "aaa  b"]);
    expect(columns([], "  ")).toEqual([]);
  });
});

describe("two successive changes", () => {
  test("cancel out if one grants what the other revokes", () => {
    const given = { allowed: [row()], noLongerAllowed: [row({ action: "s3:a" })], unknownEffect: [] };
    const taken = {
      allowed: [row({ action: "S3:A" })],
      noLongerAllowed: [row({ from: "elsewhere" }), row({ action: "s3:b" })],
      unknownEffect: [],
    };

    expect(joined(given, taken)).toEqual({
      allowed: [],
      noLongerAllowed: [row({ action: "s3:b" })],
      unknownEffect: [],
    });
  });
});

const READ = {
  ...allow(
    ["dynamodb:GetItem", "dynamodb:Query"],
    "arn:aws:dynamodb:eu-west-1:111122223333:table/customers",
    "DynamodbRead0a1b2c3d",
  ),
};

function grantPlan(): KeyPlan {
  const before = binding();
  const desired = binding({ inline: compiled(READ, ORDERS_READ) });
  const live = accountWith({ role: liveRoleOf(before), found: liveFunctionOf(before) });
  return planOfBinding(desired, context(live, { record: appliedRecord(before) }));
}

function view(change: Partial<PlanView> = {}): PlanView {
  const plan = change.plan === undefined ? grantPlan() : change.plan;
  return {
    key: binding().key,
    file: "teams/orders/orders-api.yaml",
    target: "prod/eu-west-1",
    plan,
    delta: plan === null ? NO_DELTA : netDelta(plan),
    notes: [],
    findings: [],
    broken: null,
    brokenBase: null,
    applied: { kind: "unknown" },
    published: null,
    verdict: { kind: "allow" },
    unchanged: null,
    ...change,
  };
}

const STAGING = "function/444455556666/eu-west-1/orders/orders-api" as Key;
const NOTHING: KeyPlan = { ...grantPlan(), actions: [], digest: `sha256:${"0".repeat(64)}` as Digest };

describe("a plan as text", () => {
  test("shows a change once for all targets that share it", () => {
    const there = JSON.parse(
      JSON.stringify(grantPlan()).replaceAll("111122223333", "444455556666"),
    ) as KeyPlan;
    const views = [
      view({
        notes: ["line 10    read has no Scan. If the code scans: allow: [read, scan]"],
        unchanged: { grants: 9, callers: 2 },
      }),
      view({
        key: STAGING,
        target: "staging/eu-west-1",
        plan: there,
        notes: ["line 10    read has no Scan. If the code scans: allow: [read, scan]"],
      }),
      view({ key: "function/111122223333/eu-west-1/orders/other" as Key, plan: NOTHING }),
    ];

    expect(renderPlan(views)).toEqual([
      "orders/orders-api, teams/orders/orders-api.yaml",
      "  Will change in AWS: prod/eu-west-1, staging/eu-west-1",
      "  + dynamodb read  table/customers  line 10",
      "  = 9 grants, 2 callers",
      "  note: line 10 read has no Scan. If the code scans: allow: [read, scan]",
      "  calls: iam:PutRolePolicy, 1 per account; guardrails passed, risk low",
    ]);
    expect(renderPlanSummary(views, 1)).toBe("Plan: 1 function changes, 1 is unchanged; 1 mode change");
  });

  test("names revoked permissions and the published versions that lose them", () => {
    const delta = {
      allowed: [],
      noLongerAllowed: [
        row({
          action: "s3:DeleteObject",
          resource: "arn:aws:s3:::uploads/*",
          origin: { ...ORIGIN, line: 17 },
        }),
      ],
      unknownEffect: [],
    };

    expect(renderPlan([view({ delta })]).slice(2, 4)).toEqual([
      "  - s3:DeleteObject  uploads/*  was line 17",
      "  warning: published versions that use the same role lose s3:DeleteObject too",
    ]);
  });

  test.each([
    {
      because: "the alias of a version is named",
      published: [
        { version: "40", aliases: [] },
        { version: "41", aliases: ["live"] },
      ],
      lines: ["  warning: versions 41 (alias live), 40 use the same role and lose", "    s3:DeleteObject"],
    },
    {
      because: "one version is counted in the singular",
      published: [{ version: "41", aliases: ["live"] }],
      lines: ["  warning: version 41 (alias live) uses the same role and loses", "    s3:DeleteObject"],
    },
    { because: "without versions none loses a permission", published: [], lines: [] },
    {
      because: "many versions are counted",
      published: ["1", "2", "3", "4", "5"].map((version) => ({ version, aliases: [] })),
      lines: ["  warning: versions 1, 2, 3 and 2 more use the same role and lose", "    s3:DeleteObject"],
    },
  ])("counts the published versions on the role: $because", ({ published, lines }) => {
    const lost = row({ action: "s3:DeleteObject", resource: "arn:aws:s3:::uploads/*" });
    const delta = { ...NO_DELTA, noLongerAllowed: [lost] };

    const found = renderPlan([view({ delta, published })]);

    expect(found.slice(3, -1)).toEqual(lines);
    expect(found.at(-1)).toMatch(/^ {2}calls: /);
  });

  test("has one block for each revision in effect", () => {
    const verdict = { kind: "refuse", reason: "RES-001: too wide", findings: [] } as const;
    const applied = { kind: "revision", hash: "4f0e2d1" } as const;

    const text = renderPlan([
      view({ verdict, applied }),
      view({ verdict, applied: { kind: "none" }, key: STAGING, target: "staging/eu-west-1" }),
    ]).join("\n");

    expect(text).toContain(
      "refused: 4f0e2d1 remains in effect\n    RES-001: too wide\n  Would change in AWS: prod/",
    );
    expect(text).toContain("refused: no applied revision is recorded\n");
  });

  test("names the rules of a change, and counts them from the fourth on", () => {
    const finding = (rule: string, line: number): Finding => ({
      rule,
      severity: "block",
      key: binding().key,
      origin: { ...ORIGIN, line },
      evidence: "{}",
      why: `why ${rule}`,
      fix: `fix ${rule}`,
      waiver: { kind: "none" },
    });
    const findings = ["BND-002", "INV-003", "PASS-001", "RES-001"].map((rule, at) => finding(rule, at + 7));

    expect(renderPlan([view({ findings, applied: { kind: "none" } })]).slice(1, 10)).toEqual([
      "  refused by BND-002 (line 7), INV-003 (line 8), PASS-001 (line 9): no applied",
      "    revision is recorded",
      "    BND-002: why BND-002",
      "    hint: fix BND-002",
      "    INV-003: why INV-003",
      "    hint: fix INV-003",
      "    PASS-001: why PASS-001",
      "    hint: fix PASS-001",
      "    and 1 more finding",
    ]);
  });

  test("has no signs for declarations on an incomplete read", () => {
    const delta = { ...NO_DELTA, allowed: [row({ origin: { ...ORIGIN, line: 7 } })] };
    const found = view({ plan: null, verdict: null, delta, brokenBase: "a.yaml:8:7: tabs" });

    expect(renderPlan([found]).slice(1)).toEqual([
      "  Declared in Git, not compared: prod/eu-west-1",
      "    sqs:SendMessage  queue/orders-dlq  line 7",
      "  warning: the base revision is broken: a.yaml:8:7: tabs",
    ]);
    expect(renderPlanSummary([found])).toBe("Plan: 0 functions change, 1 is not compared, 0 are unchanged");
  });

  test("shows a grant of several statements in one line, and the place of a caller", () => {
    const TABLE = "arn:aws:dynamodb:eu-west-1:111122223333:table/orders";
    const LOGS = "arn:aws:logs:eu-west-1:111122223333:log-group:/aws/lambda/x";
    const from = "inline grantkeeper";
    const read = { from, sid: "DynamodbRead0a1b2c3d", origin: { ...ORIGIN, line: 7 } };
    const own = { from, sid: "LogsOwn0a1b2c3d", origin: { ...ORIGIN, line: 4 } };
    const bucket = { from, sid: "S3Read0a1b2c3d", origin: { ...ORIGIN, line: 8 } };
    const other = { ...read, sid: "DynamodbRead4d3c2b1a", origin: { ...ORIGIN, line: 9 } };
    const allowed = [
      row({ ...read, action: "dynamodb:GetItem", resource: TABLE }),
      row({ ...read, sid: "DynamodbRead99999999", action: "dynamodb:Query", resource: TABLE }),
      row({ ...read, sid: "DynamodbRead99999999", action: "dynamodb:Query", resource: `${TABLE}/index/*` }),
      row({ ...other, action: "dynamodb:Query", resource: `${TABLE}-2/index/*` }),
      row({ ...own, action: "logs:PutLogEvents", resource: LOGS }),
      row({ ...own, action: "logs:PutLogEvents", resource: `${LOGS}:*` }),
      row({ ...bucket, action: "s3:GetObject", resource: "arn:aws:s3:::b/*" }),
      row({ ...bucket, action: "s3:ListBucket", resource: "arn:aws:s3:::b", condition: "{}" }),
    ];

    expect(
      renderPlan([view({ delta: { allowed, noLongerAllowed: [], unknownEffect: [] } })]).slice(2, 6),
    ).toEqual([
      "  + dynamodb read  table/orders, indexes   line 7",
      "  + dynamodb read  table/orders-2/index/*  line 9",
      "  + logs own       /aws/lambda/x           line 4",
      "  + s3 read        b/*, b                  line 8",
    ]);
  });

  test("shows a refusal with its hint", () => {
    const finding: Finding = {
      rule: "ESC-PassRole",
      severity: "block",
      key: binding().key,
      origin: { ...ORIGIN, line: 19 },
      evidence: "{}",
      why: "iam:PassRole on * lets this function hand any role to a new function",
      fix: "name the role",
      waiver: { kind: "none" },
    };
    const refused = view({
      findings: [finding, { ...finding, origin: null }],
      verdict: { kind: "refuse", reason: "x", findings: [finding] },
    });
    const byReason = view({ verdict: { kind: "refuse", reason: "no boundary", findings: [] } });

    expect(renderPlan([refused])).toEqual([
      "orders/orders-api, teams/orders/orders-api.yaml",
      "  refused by ESC-PassRole (line 19), ESC-PassRole: the applied revision was",
      "    not read",
      "    ESC-PassRole: iam:PassRole on * lets this function hand any role to a new",
      "      function",
      "    hint: name the role",
      "    ESC-PassRole: iam:PassRole on * lets this function hand any role to a new",
      "      function",
      "    hint: name the role",
      "  Would change in AWS: prod/eu-west-1",
      "  + dynamodb read  table/customers  line 10",
    ]);
    expect(renderPlan([byReason])).toContain("    no boundary");
    expect(renderPlanSummary([refused])).toBe("Plan: 0 functions change, 1 is refused, 0 are unchanged");
  });

  test("shows a pending or withheld part with the command", () => {
    const digest = `sha256:7f3a91c2${"0".repeat(56)}` as Digest;
    const held = view({
      plan: {
        ...grantPlan(),
        approvable: [{ reason: "a restriction", actions: [], digest }],
        withheld: [
          { kind: "restriction-added", subject: "x", reason: "a restriction", fix: null, approval: digest },
          { kind: "quota", subject: "x", reason: "too large", fix: "split it" },
          { kind: "dependency", subject: "x", reason: "not there yet", fix: null },
        ],
      },
      verdict: {
        kind: "hold",
        code: "limit-deletes",
        reason: "would delete 4 roles, limit 3",
        subject: digest,
      },
    });

    expect(renderPlan([held]).join("\n")).toContain(
      [
        "  awaiting approval: would delete 4 roles, limit 3",
        "    hint: grantkeeper describe hold 7f3a91c2",
        "  after approval: a restriction",
        "    hint: grantkeeper describe hold 7f3a91c2",
        "  not applied: too large",
        "    hint: split it",
        "  not applied: not there yet",
      ].join("\n"),
    );
    expect(renderPlanSummary([held])).toContain("1 is held");
    expect(renderPlan([held])).toContain("  Will change in AWS after approval: prod/eu-west-1");
  });

  test("shows the changes that wait for approval", () => {
    const digest = `sha256:7f3a91c2${"0".repeat(56)}` as Digest;
    const [action] = grantPlan().actions;
    if (action === undefined) throw new Error("no action");
    const actions = [{ ...action, delta: mayDo("sqs:SendMessage") }];
    const approvable = [{ reason: "the function leaves role x", actions, digest }];
    const view1 = view({ plan: { ...NOTHING, approvable }, delta: NO_DELTA });

    expect(renderPlan([view1])).toEqual(
      expect.arrayContaining([
        "  after approval: the function leaves role x",
        '    + sqs:SendMessage  queue/orders-dlq  policy "hotfix"',
      ]),
    );
    expect(isHeld(view1)).toBe(true);
  });

  test.each([
    { kind: "ownership-conflict", held: true, because: "the role of another owner waits for an operator" },
    { kind: "not-in-this-version", held: true, because: "a recreated role waits for an operator" },
    { kind: "dependency", held: false, because: "a pending read needs no operator" },
    { kind: "unmodifiable", held: false, because: "a write of another pipeline needs no operator" },
  ] as const)("$because", ({ kind, held }) => {
    const withheld = [{ kind, subject: "x", reason: "y", fix: null }];
    const one = view({ plan: { ...NOTHING, withheld } });

    expect(isHeld(one)).toBe(held);
    expect(renderPlanSummary([one])).toContain(held ? "1 is held" : "0 functions change, 1 is not applied");
  });

  test("has neither calls nor a verdict offline", () => {
    const delta = {
      allowed: [row({ sid: "x" }), row({ sid: "x", action: "sqs:ReceiveMessage" })],
      noLongerAllowed: [],
      unknownEffect: [],
    };
    const lines = renderPlan([view({ plan: null, verdict: null, delta, file: null })]);

    expect(lines).toEqual([
      "orders/orders-api, not declared in Git",
      "  Changed in Git: prod/eu-west-1",
      '  + 2 actions  queue/orders-dlq  policy "hotfix"',
      "      SendMessage ReceiveMessage",
    ]);
  });

  test("has texts for policies, principals, several targets and waits", () => {
    const policyKey = "policy/111122223333/orders/audit-read" as Key;
    const [action] = grantPlan().actions;
    if (action === undefined) throw new Error("no action");
    const plan: KeyPlan = {
      ...grantPlan(),
      actions: [
        action,
        { ...action, risk: "high", due: { kind: "after-wait" } },
        { ...action, due: { kind: "at", atMs: 1 } },
      ],
    };
    const delta = {
      allowed: [row({ effect: "Deny", principal: "*" })],
      noLongerAllowed: [],
      unknownEffect: [],
    };
    const views = ["a", "b", "c"].map((target) => view({ key: policyKey, target, plan, delta }));
    const text = renderPlan([...views, view()]).join("\n");

    expect(text).toContain("orders/audit-read (policy)");
    expect(text).toContain("  Will change in AWS: a, b, c");
    expect(text).toContain("+ Deny caller anyone    statement without Sid\n      may call sqs:SendMessage");
    expect(text).toContain("(after propagation)");
    expect(text).toContain("(not due yet), 3 per target; guardrails passed, risk high");
    const still = view({ key: "policy/111122223333/orders/other" as Key, plan: NOTHING });

    expect(renderPlanSummary([...views, still, view()])).toBe(
      "Plan: 1 function changes, 0 are unchanged; 1 policy changes, 1 is unchanged",
    );
  });

  test("never shows the name of a grant for a policy that Grantkeeper does not write, even with its Sid", () => {
    const forged = row({ sid: "DynamodbRead0a1b2c3d", action: "iam:*", resource: "*" });
    const delta = { allowed: [forged], noLongerAllowed: [], unknownEffect: [] };

    expect(renderPlan([view({ delta })])).toContain('  + iam:*  all resources  policy "hotfix"');
  });

  test("warns that anyone can invoke the function if no condition limits it", () => {
    const caller = row({ principal: "AWS *", action: "lambda:InvokeFunction", resource: "x", sid: "test1" });
    const delta = { allowed: [], noLongerAllowed: [caller], unknownEffect: [] };

    expect(renderPlan([view({ delta })])).toContain('  - anyone can invoke    statement "test1"');
  });

  test("names the revision in effect if it is known", () => {
    const verdict = { kind: "refuse", reason: "RES-001: too wide", findings: [] } as const;
    const last = (applied: LastApplied): string => renderPlan([view({ verdict, applied })]).join("\n");

    expect(last({ kind: "revision", hash: "4f0e2d1" })).toContain("  refused: 4f0e2d1 remains in effect\n");
    expect(last({ kind: "none" })).toContain("  refused: no applied revision is recorded\n");
    expect(last({ kind: "unknown" })).toContain("  refused: the applied revision was not read\n");
  });

  test("shows the exact conditions of a caller and the account of a resource", () => {
    const condition = JSON.stringify({ StringEquals: { "aws:principalorgid": "o-attacker9999" } });
    const caller = row({ principal: "AWS *", action: "lambda:InvokeFunction", resource: "x", condition });
    const foreign = row({ action: "sqs:SendMessage", resource: "arn:aws:sqs:eu-west-1:999999999999:q" });
    const delta = { allowed: [caller, foreign], noLongerAllowed: [], unknownEffect: [] };

    const text = renderPlan([view({ delta })]).join("\n");

    expect(text).toContain("+ caller anyone    organization o-attacker9999");
    expect(text).toContain("queue/q in account 999999999999");
  });

  test("shows the reason of a broken manifest and counts it as broken", () => {
    const broken = view({
      broken: 'teams/a.yaml:8:7: unknown grant "dynamo"',
      plan: NOTHING,
      delta: NO_DELTA,
    });

    expect(renderPlan([broken])).toEqual(
      expect.arrayContaining([
        "  broken: the applied revision was not read",
        '    teams/a.yaml:8:7: unknown grant "dynamo"',
      ]),
    );
    expect(renderPlanSummary([broken])).toBe("Plan: 0 functions change, 1 is broken, 0 are unchanged");
  });

  test("is empty without a change", () => {
    expect(renderPlan([view({ plan: NOTHING })])).toEqual([]);
    expect(renderPlan([])).toEqual([]);
  });
});

describe("a plan as one line", () => {
  test.each([
    { plan: NOTHING, line: "nothing to do" },
    { plan: grantPlan(), line: "2 newly allowed, 0 no longer · 1 call" },
    {
      plan: {
        ...NOTHING,
        approvable: [{ reason: "x", actions: [], digest: NOTHING.digest }],
        withheld: [{ kind: "quota", subject: "x", reason: "x", fix: null }],
      } satisfies KeyPlan,
      line: "1 to approve · 1 withheld",
    },
  ])("$line", ({ plan, line }) => {
    expect(planLine(plan)).toBe(line);
  });
});
