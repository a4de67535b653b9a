import { describe, expect, test } from "@jest/globals";
import type { Finding } from "../../../src/model/finding.ts";
import type { Key } from "../../../src/model/keys/key.ts";
import type { Revision } from "../../../src/model/values/revision.ts";
import type { RuleBoard } from "../../../src/workbench/rules/breaches.ts";
import { lineText } from "../../../src/text/screen-line.ts";
import { boardLines } from "../../../src/workbench/rules/board-screen.ts";
import { NOW } from "../../support/fakes/fake-control.ts";
import { cli } from "../../support/screens/cli.ts";
import { ApiCli } from "../../support/screens/api-cli.ts";
import { fakeState } from "../../support/screens/api-world.ts";
import { LEDGER, ORDERS_API, ORDERS_JOBS, REFUNDS } from "../../support/screens/world-keys.ts";
import { record, view } from "../../support/screens/world-states.ts";

const api = new ApiCli();
const REVISION = `main@sha1:9c1d04e${"0".repeat(33)}` as Revision;
const HOUR_MS = 3_600_000;

const finding = (key: Key, rule: string, change: Partial<Finding> = {}): Finding => ({
  rule,
  severity: "block",
  key,
  origin: { file: "teams/orders/orders-api.yaml", line: 14, column: 7, path: "spec.statements[0]" },
  evidence: "{}",
  why: 'Resource "*" means every one',
  fix: "name the resources",
  waiver: { kind: "none" },
  ...change,
});

const WAIVED: Finding["waiver"] = { kind: "lifted", waiver: "ord-77", until: "2027-01-31T00:00:00Z" };
const ENDED: Finding["waiver"] = { kind: "expired", waiver: "ord-76", until: "2026-09-01T00:00:00Z" };

const OPEN = {
  rule: "RES-001",
  severity: "block",
  why: 'Resource "*" means every one',
  findings: 1,
} as const;

/**
 * orders-api breaks three rules and two more in AWS, orders-jobs none, refunds is broken and breaks one in AWS, ledger was not
 * read, audit-read had no pass.
 */
function state() {
  const known = fakeState();
  const findings = [
    finding(ORDERS_API, "RES-001"),
    finding(ORDERS_API, "RES-001", { severity: "warn", why: "another one" }),
    finding(ORDERS_API, "ACT-001", { waiver: WAIVED }),
    finding(ORDERS_API, "ESC-PassRole", { severity: "warn", origin: null }),
  ];
  const rulesBrokenInAws = {
    "INV-003": { sinceMs: Date.parse(NOW) - 2 * HOUR_MS, revision: REVISION },
  };
  const live = {
    breaches: [
      {
        rule: "INV-003",
        severity: "block",
        why: "the policy lets any AWS account call the function",
        findings: 1,
      },
      { rule: "ESC-*", severity: "warn", why: "iam:CreateUser", findings: 90 },
    ],
    unread: ["the document of arn:aws:iam::aws:policy/X was not read"],
  } as const;
  const brokenRules = {
    "RES-001": { sinceMs: Date.parse(NOW) - 26 * HOUR_MS, revision: REVISION },
    "ACT-001": { sinceMs: Date.parse(NOW) - 40 * 24 * HOUR_MS, revision: REVISION },
  };
  return {
    ...known,
    overview: {
      ...known.overview,
      brokenKeys: new Map([[REFUNDS, { file: "teams/payments/refunds.yaml", causedBy: [] }]]),
    },
    records: [{ ...record(ORDERS_API), brokenRules, rulesBrokenInAws }],
    views: new Map([
      [ORDERS_API, view(ORDERS_API, { findings, liveRules: live })],
      [ORDERS_JOBS, view(ORDERS_JOBS)],
      [REFUNDS, view(REFUNDS, { liveRules: { breaches: [OPEN], unread: [] } })],
      [LEDGER, view(LEDGER, { plan: null, unread: ["the policy was not read: AccessDenied"] })],
    ]),
  };
}

const run = (argv: readonly string[]) => api.run(["rules", ...argv], { state: state() });

describe("rules", () => {
  test("lists each broken rule of a target once, since when, at which revision, and until when it is waived", async () => {
    const { code, out } = await run([]);

    expect(code).toBe(0);
    expect(out.split("\nnote: ")[0])
      .toBe(`TARGET                            RULE          STATE    SINCE    REVISION      REASON
orders/orders-api@prod/eu-west-1  RES-001       refused  26h ago  main@9c1d04e  Resource "*" means every one (and 1 more finding)
orders/orders-api@prod/eu-west-1  ACT-001       waived   40d ago  main@9c1d04e  waived until 2027-01-31 00:00Z: Resource "*" means every one
orders/orders-api@prod/eu-west-1  ESC-PassRole  warning  unknown  unknown       Resource "*" means every one
orders/orders-api@prod/eu-west-1  INV-003       live     2h ago   -             not in Git: the policy lets any AWS account call the function
orders/orders-api@prod/eu-west-1  ESC-*         live     unknown  -             not in Git, a warning: iam:CreateUser (and 89 more findings)
payments/refunds@prod/eu-west-1   RES-001       live     unknown  -             not in Git: Resource "*" means every one

95 findings of 4 rules in 2 targets: 2 refused, 1 warning, 2 in AWS, 90 warnings in AWS; waived: 1 finding of 1 rule in 1 target; 1 target without a finding`);
  });

  test("a long reason is complete on a terminal, below its row", () => {
    const entry = { target: "orders/orders-notify@staging/eu-west-1", rule: "TEN-004" } as const;
    const facts = { state: "refused", since: NOW, revision: REVISION, waivedUntil: null } as const;
    const more = { waiverEnded: null, origin: null, readAt: NOW, fix: "", findings: 1 } as const;
    const why = `arn:aws:sqs:eu-west-1:${"1".repeat(12)}:incoming is not certainly a resource of Team orders`;
    const items = [{ ...entry, ...facts, ...more, why }] as unknown as RuleBoard["items"];
    const board = { kind: "BrokenRuleList", items, passed: [], notJudged: [] } as const;
    const time = { nowMs: Date.parse(NOW), about: "" };

    const lines = boardLines(board, time, { width: 80, rowWidth: 80, isWide: false }).map(lineText);

    expect(lines.slice(0, 4)).toEqual([
      "TARGET                                  RULE     STATE    SINCE   REVISION",
      "orders/orders-notify@staging/eu-west-1  TEN-004  refused  0s ago  main@9c1d04e",
      "  arn:aws:sqs:eu-west-1:111111111111:incoming is not certainly a resource of",
      "  Team orders",
    ]);
  });

  test("the counts wrap on a narrow screen", () => {
    const board = { kind: "BrokenRuleList", items: [], passed: [], notJudged: [] } as const;
    const lines = boardLines(
      board,
      { nowMs: 0, about: "" },
      { width: 60, rowWidth: Infinity, isWide: false },
    );

    expect(lines.slice(2, 4)).toEqual([
      "0 findings of 0 rules in 0 targets: 0 refused, 0 warnings; 0",
      "targets without a finding",
    ]);
  });

  test("a stricter verdict is pending: no failure, and a warning for pipelines", async () => {
    const pending = finding(ORDERS_API, "RES-001", { pending: true });
    const known = state();
    const views = new Map([[ORDERS_API, view(ORDERS_API, { findings: [pending] })]]);
    const only = (argv: readonly string[]) => api.run(["rules", ...argv], { state: { ...known, views } });

    const [{ code, out }, { out: annotations }] = [await only(["--exit-code"]), await only(["-o", "github"])];

    expect([code, out]).toEqual([
      0,
      expect.stringMatching(/RES-001 {2}pending {2}26h ago .* refuses after an approval: Resource "\*"/),
    ]);
    expect(out).toContain("1 finding of 1 rule in 1 target: 0 refused, 1 pending, 0 warnings");
    expect(annotations).toMatch(/^::warning file=teams\/orders\/orders-api.yaml/m);
  });

  test("names what was not judged, and why", async () => {
    const { out } = await run([]);

    expect(out).toContain(
      "\nnote:  not judged: platform/audit-read@prod: it had no pass since the controller started\n",
    );
    expect(out).toContain(
      "\nnote:  not judged: payments/ledger@prod: the policy was not read: AccessDenied\n",
    );
    expect(out).toContain(
      "\nnote:  not judged: payments/refunds@prod/eu-west-1: the manifest is broken: the last applied state is in effect\n",
    );
    expect(out).toContain(
      "\nnote:  what AWS has is not judged completely: orders/orders-api@prod/eu-west-1: the document of arn:aws:iam::aws:policy/X was not read\n",
    );
  });

  test.each([
    { argv: ["--rule", "res-001"], items: ["RES-001", "RES-001"], because: "one rule, in any case" },
    { argv: ["--rule", "ESC-*"], items: ["ESC-PassRole", "ESC-*"], because: "the escalation family" },
    {
      argv: ["--rule", "ESC-AttachUserPolicy"],
      items: ["ESC-*"],
      because: "a path, which a live breach of the family may be",
    },
    { argv: ["--rule", "INV-001"], items: [], because: "a rule that nothing breaks" },
    { argv: ["-n", "payments"], items: ["RES-001"], because: "another namespace" },
  ])("selects $because", async ({ argv, items }) => {
    const { out } = await run([...argv, "-o", "json"]);

    expect((JSON.parse(out) as { items: readonly { rule: string }[] }).items.map(({ rule }) => rule)).toEqual(
      items,
    );
  });

  test("a rule that nothing breaks is reported as such, with what was not judged", async () => {
    const { out } = await run(["--rule", "INV-001", "-n", "payments"]);

    expect(out).toMatch(/^No broken rule found for INV-001 in namespace payments\n/);
    expect(out).toContain("not judged: payments/refunds@prod/eu-west-1");
  });

  test("a typing error in the rule is an error and not an empty list", async () => {
    expect(await run(["--rule", "RES-01"])).toMatchObject({
      code: 1,
      err: 'error: no rule has the id "RES-01"\nhint:  did you mean "RES-001"?\n',
    });
  });

  test("--exit-code is 3 while a rule refuses something", async () => {
    expect((await run(["--exit-code"])).code).toBe(3);
    expect((await run(["--exit-code", "--rule", "ACT-001"])).code).toBe(0);
    expect((await run(["--exit-code", "--rule", "INV-003"])).code).toBe(3);
    expect((await run(["--exit-code", "--rule", "ESC-*"])).code).toBe(0);
  });

  test("-o wide has the place and the age of the reading, -o name the targets", async () => {
    expect((await run(["-o", "wide"])).out).toContain("teams/orders/orders-api.yaml:14:7");
    expect((await run(["-o", "wide"])).out).toContain("not in Git");
    expect((await run(["-o", "name"])).out).toBe(
      "orders/orders-api@prod/eu-west-1\npayments/refunds@prod/eu-west-1\n",
    );
  });

  test("for pipelines: errors at their places, waived rules as notes, an incomplete board as such", async () => {
    const [github, junit, sarif, markdown] = [
      await run(["-o", "github"]),
      await run(["-o", "junit"]),
      await run(["-o", "sarif"]),
      await run(["-o", "markdown"]),
    ];

    expect(github.out).toMatch(
      /^::error file=teams\/orders\/orders-api\.yaml,line=14,col=7,title=RES-001::orders\/orders-api@prod/,
    );
    expect(github.out).toContain(
      "::notice::orders/orders-api@prod/eu-west-1: ACT-001 is waived until 2027-01-31",
    );
    expect(junit.out).toContain('tests="6" failures="3"');
    expect(junit.out).toContain('name="orders/orders-jobs@prod/eu-west-1"/>');
    expect(JSON.parse(sarif.out)).toMatchObject({
      runs: [
        {
          invocations: [{ executionSuccessful: false }],
          results: [
            { ruleId: "RES-001", occurrenceCount: 2 },
            {
              ruleId: "ESC-PassRole",
              locations: [{ logicalLocations: [{ fullyQualifiedName: "orders/orders-api@prod/eu-west-1" }] }],
            },
            {
              ruleId: "INV-003",
              level: "error",
              message: {
                text: expect.stringContaining(
                  ": live, not in Git: the policy lets any AWS account",
                ) as unknown,
              },
              locations: [{ logicalLocations: [{ fullyQualifiedName: "orders/orders-api@prod/eu-west-1" }] }],
            },
            { ruleId: "ESC-*", level: "warning", occurrenceCount: 90 },
            { ruleId: "RES-001", level: "error" },
          ],
        },
      ],
    });
    expect(markdown.out).toContain("### Grantkeeper rules: 95 findings of 4 rules in 2 targets");
  });

  test("an expired waiver is shown with the rule that applies again", async () => {
    const known = state();
    const findings = [finding(ORDERS_API, "RES-001", { waiver: ENDED })];
    const { out } = await api.run(["rules"], {
      state: { ...known, views: new Map([[ORDERS_API, view(ORDERS_API, { findings })]]) },
    });

    expect(out).toContain("  its waiver ended at 2026-09-01 00:00Z: ");
  });

  test("a key that left Git is not judged", async () => {
    const known = state();
    const { out } = await api.run(["rules", "-o", "json"], { state: { ...known, objects: [] } });

    expect(JSON.parse(out)).toMatchObject({
      items: [],
      notJudged: expect.arrayContaining([
        {
          target: "orders/orders-api@prod/eu-west-1",
          state: "declared",
          reason: "Git no longer declares it",
        },
      ]) as unknown,
    });
  });

  test("outside of a project names what works without a controller", async () => {
    const { code, err } = await cli(["rules"]);

    expect(code).toBe(1);
    expect(err).toContain("no controller is named");
    expect(err.replaceAll(/\s+/g, " ")).toContain(
      "grantkeeper rules show lists the rules, and grantkeeper validate DIR",
    );
  });
});
