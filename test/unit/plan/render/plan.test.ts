import { describe, expect, test } from "@jest/globals";
import { NO_DELTA } from "../../../../src/model/delta.ts";
import type { Finding } from "../../../../src/model/finding.ts";
import type { Key } from "../../../../src/model/keys/key.ts";
import type { KeyPlan } from "../../../../src/model/plan.ts";
import { planTexts } from "../../../support/screens/plan-texts.ts";
import { renderPlanSummary } from "../../../../src/plan/render/plan-summary.ts";
import { binding, ORIGIN } from "../../../support/pass/bindings.ts";
import { mayDo, row, grantPlan, view, NOTHING } from "./views.ts";

const STAGING = "function/444455556666/eu-west-1/orders/orders-api" as Key;

describe("a plan as text", () => {
  test("shows a change once for all targets that share it", () => {
    const there = JSON.parse(
      JSON.stringify(grantPlan()).replaceAll("111122223333", "444455556666"),
    ) as KeyPlan;
    const views = [
      view({
        notes: ["line 10 read has no Scan. If the code scans: allow: [read, scan]"],
        unchanged: { grants: 9, callers: 2 },
      }),
      view({
        key: STAGING,
        target: "staging/eu-west-1",
        plan: there,
        notes: ["line 10 read has no Scan. If the code scans: allow: [read, scan]"],
      }),
      view({ key: "function/111122223333/eu-west-1/orders/other" as Key, plan: NOTHING }),
    ];

    expect(planTexts(views)).toEqual([
      "orders/orders-api, teams/orders/orders-api.yaml",
      "  Will change in AWS: prod/eu-west-1, staging/eu-west-1",
      "  + dynamodb read  table/customers  line 10",
      "  = 9 grants, 2 callers",
      "  note:  line 10 read has no Scan. If the code scans: allow: [read, scan]",
      "  calls: iam:PutRolePolicy, 1 per account; guardrails passed, risk low",
    ]);
    expect(renderPlanSummary(views, 1)).toBe("Plan: 1 function changes, 1 is unchanged; 1 mode change");
  });

  test.each([
    { because: "the bucket has the account in its name", bucket: "logs-444455556666", blocks: 1 },
    { because: "the bucket is another one", bucket: "logs-eu", blocks: 2 },
    { because: "the bucket is that of the other account", bucket: "logs-111122223333", blocks: 2 },
  ])("shows $blocks block(s) for two accounts: $because", ({ bucket, blocks }) => {
    const added = (resource: string) => ({ ...NO_DELTA, allowed: [row({ resource })] });
    const views = [
      view({ plan: NOTHING, delta: added("arn:aws:s3:::logs-111122223333/*") }),
      view({
        key: STAGING,
        target: "staging/eu-west-1",
        plan: NOTHING,
        delta: added(`arn:aws:s3:::${bucket}/*`),
      }),
    ];

    expect(planTexts(views).filter((line) => line.startsWith("orders/orders-api,"))).toHaveLength(blocks);
  });

  test.each([
    { because: "the resource has the same name", queue: "scratch", blocks: 1 },
    { because: "the resource has another name", queue: "secrets", blocks: 2 },
  ])(
    "shows $blocks block(s) for two accounts whose resource breaks a rule: $because",
    ({ queue, blocks }) => {
      const broken = (key: Key, arn: string) => {
        const finding: Finding = {
          rule: "TEN-004",
          severity: "block",
          key,
          origin: ORIGIN,
          evidence: JSON.stringify({ Resource: arn }),
          part: "Resource[0]",
          why: `${arn} is not certainly a resource of Team orders`,
          fix: "name a resource of the team",
          waiver: { kind: "none" },
        };
        const delta = { ...NO_DELTA, allowed: [row({ resource: "arn:aws:s3:::logs/*" })] };
        return view({ key, delta, plan: NOTHING, findings: [finding] });
      };
      const views = [
        broken(binding().key, "arn:aws:sqs:eu-west-1:111122223333:scratch"),
        broken(STAGING, `arn:aws:sqs:eu-west-1:444455556666:${queue}`),
      ];

      expect(planTexts(views).filter((line) => line.startsWith("orders/orders-api,"))).toHaveLength(blocks);
    },
  );

  test("shows what AWS's new actions add to a pattern as a change that AWS made", () => {
    const note = '"s3:Get*" also matches s3:GetThing, which AWS added after it was approved';
    const grown = [{ pattern: "s3:Get*", actions: ["s3:GetThing"] }];
    const views = [view({ plan: { ...NOTHING, grown }, delta: NO_DELTA, notes: [note] })];

    expect(planTexts(views)).toEqual([
      "orders/orders-api, teams/orders/orders-api.yaml",
      "  Changed by AWS: prod/eu-west-1",
      '  note:  "s3:Get*" also matches s3:GetThing, which AWS added after it was',
      "         approved",
    ]);
    expect(renderPlanSummary(views)).toBe("Plan: 0 functions change, 1 is changed by AWS, 0 are unchanged");
  });

  test("shows what limits a grant below its line", () => {
    const condition =
      '{"ForAllValues:StringEquals":{"dynamodb:LeadingKeys":["tenant-1"]},"Null":{"dynamodb:LeadingKeys":["false"]}}';
    const delta = { ...NO_DELTA, allowed: [row({ origin: ORIGIN, condition })] };

    expect(planTexts([view({ delta })]).join("\n")).toContain(
      "    if dynamodb:LeadingKeys ForAllValues:StringEquals tenant-1\n",
    );
  });

  test("shows the rules that warn, three at most, and none that a waiver lifts", () => {
    const warning = (rule: string, change: Partial<Finding> = {}): Finding => ({
      rule,
      severity: "warn",
      key: STAGING,
      origin: { ...ORIGIN, line: 8 },
      evidence: "{}",
      why: "made by Claude in commit 1a2b3c4d",
      fix: "let a person review the change",
      waiver: { kind: "none" },
      ...change,
    });
    const lifted = warning("RES-004", {
      waiver: { kind: "lifted", waiver: "w", until: "2027-01-01T00:00:00Z" },
    });
    const findings = [
      warning("AI-001"),
      lifted,
      ...["RES-006", "ACT-002", "ACT-004"].map((rule) => warning(rule)),
    ];

    const lines = planTexts([view({ delta: mayDo("s3:GetObject"), findings })]);

    expect(lines.slice(3, 5)).toEqual([
      "  warning: AI-001 (line 8): made by Claude in commit 1a2b3c4d",
      "    hint:  let a person review the change",
    ]);
    expect(lines.filter((line) => line.startsWith("  warning: "))).toHaveLength(3);
    expect(lines).toContain("    and 1 more warning");
    expect(lines.join("\n")).not.toContain("RES-004");
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

    expect(planTexts([view({ delta })]).slice(2, 4)).toEqual([
      "  - s3:DeleteObject  uploads/*  was line 17",
      "  warning: published versions that use the same role lose s3:DeleteObject too",
    ]);
  });

  test("a Deny that meets no permission of the role takes none away from its published versions", () => {
    const denial = row({ effect: "Deny", limit: { kind: "denial", from: "inline x", sid: null } });
    const lines = planTexts([view({ delta: { ...NO_DELTA, noLongerAllowed: [denial] } })]);

    expect(lines.filter((line) => line.includes("published"))).toEqual([]);
    expect(lines[2]).toMatch(/^ {2}\+ Deny sqs:SendMessage/);
  });

  test.each([
    {
      because: "the alias of a version is named",
      published: [
        { version: "40", aliases: [] },
        { version: "41", aliases: ["live"] },
      ],
      lines: [
        "  warning: versions 41 (alias live), 40 use the same role and lose",
        "           s3:DeleteObject",
      ],
    },
    {
      because: "one version is counted in the singular",
      published: [{ version: "41", aliases: ["live"] }],
      lines: ["  warning: version 41 (alias live) uses the same role and loses s3:DeleteObject"],
    },
    { because: "without versions none loses a permission", published: [], lines: [] },
    {
      because: "many versions are counted",
      published: ["1", "2", "3", "4", "5"].map((version) => ({ version, aliases: [] })),
      lines: [
        "  warning: versions 1, 2, 3 and 2 more use the same role and lose",
        "           s3:DeleteObject",
      ],
    },
  ])("counts the published versions on the role: $because", ({ published, lines }) => {
    const lost = row({ action: "s3:DeleteObject", resource: "arn:aws:s3:::uploads/*" });
    const delta = { ...NO_DELTA, noLongerAllowed: [lost] };

    const found = planTexts([view({ delta, published })]);

    expect(found.slice(3, -1)).toEqual(lines);
    expect(found.at(-1)).toMatch(/^ {2}calls: /);
  });

  test("has one block for each revision in effect", () => {
    const verdict = { kind: "refuse", reason: "RES-001: too wide", findings: [] } as const;
    const applied = { kind: "revision", hash: "4f0e2d1" } as const;

    const text = planTexts([
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

    expect(planTexts([view({ findings, applied: { kind: "none" } })]).slice(1, 10)).toEqual([
      "  refused by BND-002 (line 7), INV-003 (line 8), PASS-001 (line 9): no applied",
      "    revision is recorded",
      "    BND-002: why BND-002",
      "    hint:  fix BND-002",
      "    INV-003: why INV-003",
      "    hint:  fix INV-003",
      "    PASS-001: why PASS-001",
      "    hint:  fix PASS-001",
      "    and 1 more finding",
    ]);
  });

  test("has no signs for declarations on an incomplete read", () => {
    const delta = { ...NO_DELTA, allowed: [row({ origin: { ...ORIGIN, line: 7 } })] };
    const found = view({ plan: null, verdict: null, delta, brokenBase: "a.yaml:8:7: tabs" });

    expect(planTexts([found]).slice(1)).toEqual([
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
      planTexts([view({ delta: { allowed, noLongerAllowed: [], unknownEffect: [] } })]).slice(2, 6),
    ).toEqual([
      "  + dynamodb read  table/orders, indexes   line 7",
      "  + dynamodb read  table/orders-2/index/*  line 9",
      "  + logs own       /aws/lambda/x           line 4",
      "  + s3 read        b/*, b                  line 8",
    ]);
  });
});
