import { describe, expect, test } from "@jest/globals";
import { messageOf } from "../../../src/record/message.ts";
import { alertText } from "../../../src/record/alert-text.ts";
import { allowing, EVENTS, KEY, opened, POLICY_KEY, row } from "./settlements.ts";
import { BY_ALICE_OR_BOB } from "../../support/screens/authors.ts";
import { line, lines } from "./alert-lines.ts";

test("an opened drift names the new permissions, the principals, the next step, and where to look", () => {
  expect(alertText(opened(), [])).toBe(
    [
      "🔴 orders/orders-api@prod/eu-west-1: escalation   10:32:07Z",
      "Changed in AWS, compared with Git:",
      "+ AdministratorAccess attached to its role",
      "Who:  not known yet; CloudTrail usually shows it after 5 minutes",
      "      aws cloudtrail lookup-events --region us-east-1",
      "Next: Grantkeeper reverts it now (security: no delay)",
      "Stop: grantkeeper suspend orders/orders-api@prod/eu-west-1 --for 1h --reason TEXT",
      "See:  grantkeeper describe orders/orders-api@prod/eu-west-1",
      "Help: grantkeeper runbook drift-opened",
    ].join("\n"),
  );
});

test("a harmless drift names its deadline, the command that suspends the revert, and the manifest lines that keep it", () => {
  const event = opened({
    severity: "other",
    summary: ['+ sqs:SendMessage queue/x by policy "hotfix", not declared'],
    delta: allowing(row()),
    next: { kind: "reverting-at", at: "2026-11-25T10:47:07.000Z" },
    lookUp: null,
    keep: {
      kind: "lines",
      file: "teams/orders/orders-api.yaml",
      grants: ["- sqs: {queue: x, allow: [send]}"],
      statements: ['- {reason: "…", statement: {"Effect":"Allow"}}'],
    },
  });

  expect(alertText(event, [])).toBe(
    [
      "🟠 orders/orders-api@prod/eu-west-1: drift   10:32:07Z",
      "Changed in AWS, compared with Git:",
      '+ sqs:SendMessage queue/x by policy "hotfix", not declared',
      "Next: Grantkeeper reverts it at 10:47:07Z (in 15m)",
      "Stop: grantkeeper suspend orders/orders-api@prod/eu-west-1 --for 1h --reason TEXT",
      "Keep: add under spec.grants in teams/orders/orders-api.yaml",
      "      - sqs: {queue: x, allow: [send]}",
      "Keep: add under spec.statements in teams/orders/orders-api.yaml",
      '      - {reason: "…", statement: {"Effect":"Allow"}}',
      "See:  grantkeeper describe orders/orders-api@prod/eu-west-1",
      "Help: grantkeeper runbook drift-opened",
    ].join("\n"),
  );
});

describe("the headline", () => {
  const url = row({ principal: "AWS *", action: "lambda:InvokeFunction", risk: "exposure" });

  test.each([
    {
      delta: allowing(row({ risk: "exposure" }), row({ risk: "escalation" })),
      expected: "escalation, exposure",
      because: "each risk is named once",
    },
    { delta: allowing(url), expected: "exposure", because: "a public caller" },
    {
      delta: allowing({ ...url, risk: "none" }),
      expected: "security drift",
      because: "a caller of an organization",
    },
    {
      delta: { allowed: [], noLongerAllowed: [row()], unknownEffect: [] },
      expected: "security drift",
      because: "a revoked permission",
    },
    { delta: allowing(), expected: "security drift", because: "no permission, but a severe change" },
  ])("$because", ({ delta, expected }) => {
    expect(line(opened({ delta }), 0)).toBe(`🔴 orders/orders-api@prod/eu-west-1: ${expected}   10:32:07Z`);
  });

  test("a different tag is not an alarm", () => {
    expect(line(opened({ delta: allowing(), severity: "other" }), 0)).toContain(
      "🟠 orders/orders-api@prod/eu-west-1: drift",
    );
  });

  test("a ManagedPolicy has no region", () => {
    const event = opened({ key: POLICY_KEY, functionName: POLICY_KEY });

    expect(line(event, 0)).toContain("search/audit@prod: escalation");
    expect(lines(event).at(-2)).toBe("See:  grantkeeper describe search/audit@prod");
  });
});

describe("the next step", () => {
  const subject = `sha256:${"7f3a91c2d4e5".padEnd(64, "0")}`;

  test.each<{ next: ReturnType<typeof opened>["next"]; expected: string; because: string }>([
    {
      next: { kind: "observe-only" },
      expected: "revert it in AWS or declare it in Git: Grantkeeper only observes here",
      because: "an account in observe",
    },
    {
      next: { kind: "suspended", until: "2026-11-25T12:44:00Z" },
      expected: "nothing until 12:44:00Z: suspended",
      because: "a suspension",
    },
    {
      next: { kind: "needs-approval", subject },
      expected: "awaiting approval: grantkeeper describe approval 7f3a91c2d4e5",
      because: "a plan that is held",
    },
    {
      next: { kind: "needs-approval", subject: "main@9c1d04e" },
      expected: "awaiting approval: grantkeeper describe approval main@9c1d04e",
      because: "a revision that is held",
    },
    {
      next: { kind: "left-alone", reason: "protected" },
      expected: "not reverted for now: protected",
      because: "an object that Grantkeeper does not change",
    },
  ])("$because", ({ next, expected }) => {
    expect(lines(opened({ next }))).toContain(`Next: ${expected}`);
  });

  test("security drift announces an immediate revert", () => {
    expect(lines(opened({ delta: allowing(row()) }))).toContain(
      "Next: Grantkeeper reverts it now (security: no delay)",
    );
  });

  test("drift that cannot be declared literally explains why, and where to declare the permission", () => {
    const keep = { kind: "not-as-it-is", file: "teams/orders/a.yaml", reason: "risk: escalation" } as const;

    expect(lines(opened({ next: { kind: "observe-only" }, keep }))).toContain(
      "Keep: not as it is (risk: escalation); declare what the function needs in teams/orders/a.yaml",
    );
  });

  test("nothing is proposed while the drift is reverted immediately", () => {
    const keep = { kind: "lines", file: "a.yaml", grants: ["- x"], statements: [] } as const;

    expect(lines(opened({ keep })).some((text) => text.startsWith("Keep"))).toBe(false);
  });

  test("in observe no command is proposed", () => {
    const keep = { kind: "lines", file: "a.yaml", grants: ["- x"], statements: [] } as const;
    const event = opened({ next: { kind: "observe-only" }, keep });

    expect(lines(event).map((text) => text.slice(0, 4))).toEqual([
      "🔴 o",
      "Chan",
      "+ Ad",
      "Who:",
      "    ",
      "Next",
      "Keep",
      "    ",
      "See:",
      "Help",
    ]);
  });
});

test("an author of a difference that had ended is not claimed if it is a candidate", () => {
  const found = EVENTS["drift-author-found"];
  const authors = [{ difference: "~ tag env", attribution: BY_ALICE_OR_BOB }];

  expect(alertText({ ...found, authors }, [])).toMatch(
    /events show who may have made a difference .* has ended since\n    ~ tag env\n      not certain, one of these calls:\n/,
  );
});

test("every kind of event has a text, an incident and a severity", () => {
  const facts = { severity: "other", seqs: [], at: "2026-11-25T12:00:00.000Z", since: null } as const;
  const messages = Object.values(EVENTS).map((event) => messageOf(event, facts));

  expect(messages.map(({ incident, status }) => `${incident} ${status}`)).toEqual([
    `drift/${KEY} open`,
    `drift/${KEY} closed`,
    `drift/${KEY} told`,
    "hold/222222222222/x open",
    `refused/${KEY} open`,
    `commit-status/main/${"4f0e2d1".padEnd(40, "a")} open`,
    `pull-requests/main/${"4f0e2d1".padEnd(40, "a")} open`,
    "account/222222222222/iam:PutRolePolicy open",
    `refused/${KEY} closed`,
    "account/222222222222/iam:PutRolePolicy closed",
    "files/orders open",
    "files/orders closed",
    "pass/222222222222 open",
    "pass/222222222222 closed",
    `drift/${KEY} closed`,
    "document-broken/account prod open",
    "document-broken/account prod closed",
    "unreadable/222222222222 open",
    "unreadable/222222222222 closed",
    `contended/${KEY} open`,
    `contended/${KEY} closed`,
    `adoption-undone/${KEY} told`,
    `adoption-undo-stopped/${KEY} told`,
    "wave/222222222222/orders told",
    `role-recreated/${KEY} told`,
    "first-comparison/prod told",
    "rollback-ending/main told",
    "suspension-ending/s1 told",
    "daily-reminder told",
    "functions-uncovered/prod told",
    "revision-held/main open",
    "source-failed/main open",
    "waiting/222222222222/orders open",
    "waiting/222222222222/orders closed",
    "hold/222222222222/x closed",
    "revision-held/main closed",
    "source-failed/main closed",
    "backup-failed open",
    "record-broken open",
    "record-broken closed",
    "unrecorded-writes/222222222222 open",
    "unrecorded-writes/222222222222 closed",
    "backup-failed closed",
  ]);
  expect(messages[0]).toMatchObject({
    key: KEY,
    account: "prod",
    kind: "drift-opened",
    severity: "other",
    at: facts.at,
  });
  expect(messageOf(EVENTS["daily-reminder"], facts)).toMatchObject({ key: null, account: null });
});

test("each of the other texts states what happened and what to do", () => {
  expect(
    Object.values(EVENTS)
      .slice(2)
      .map((event) => alertText(event, [])),
  ).toEqual([
    "🔵 orders/orders-api@prod/eu-west-1: events show who made a difference that was first seen at 10:32:07Z and has ended since\n    + AdministratorAccess attached to its role\n      last call seen that set this: alice@example.com via AWSReservedSSO_Admin from 203.0.113.7 attached AdministratorAccess at 10:32:07Z (event e1)\nSee:  grantkeeper history orders/orders-api@prod/eu-west-1\nHelp: grantkeeper runbook drift-author-found",
    "🟠 prod: awaiting approval 7f3a91c2d4e5: would delete 4 of namespace orders, limit 3\n    orders/orders-api@prod/eu-west-1\n    search/audit@prod\nNext: nothing of it takes effect before it is approved\nSee:  grantkeeper describe approval 7f3a91c2d4e5\nApprove: grantkeeper approve 7f3a91c2d4e5 --reason TEXT\nHelp: grantkeeper runbook held",
    "🟠 orders/orders-api@prod/eu-west-1: refused: RES-001: too wide\nNext: nothing of it is applied, 4f0e2d1 remains in effect; fix the manifest\nSee:  grantkeeper describe orders/orders-api@prod/eu-west-1\nHelp: grantkeeper runbook refused",
    "accepted; being applied to AWS",
    "note for the merged pull requests of 4f0e2d1",
    "🟠 prod: iam:PutRolePolicy is denied\n    explicit deny in a service control policy\nNext: grantkeeper doctor\nHelp: grantkeeper runbook access-denied",
    "✅ orders/orders-api@prod/eu-west-1: no longer refused",
    "✅ prod: iam:PutRolePolicy is no longer denied",
    "🟠 files of orders: a file is not read; what was applied remains in effect\n    teams/orders/b.yaml: a symbolic link is not read; replace it\nSee:  grantkeeper status\nHelp: grantkeeper runbook files-refused",
    "✅ files of orders: no file is refused any more",
    '🔴 prod: not watched: a pass over the account failed by an error of Grantkeeper\n    TypeError: x is not a function\nNext: it is tried again by itself; changes in AWS are neither seen nor reverted until it works\nSee:  grantkeeper status, and the lines "step failed" of the log\nHelp: grantkeeper runbook pass-failed',
    "✅ prod: watched again",
    "✅ orders/orders-api@prod/eu-west-1: account prod is no longer declared in Git: it is not watched any more, and nothing in it was changed",
    "🟠 account prod: its manifest has an error: 2 bindings not compiled\n    platform/accounts.yaml:9:5: unknown region\n    orders/orders-api@prod/eu-west-1\n    search/audit@prod\nNext: what was applied remains in effect and is compared; nothing else of these bindings is compared or applied\nFix:  write eu-west-1\nSee:  grantkeeper status\nHelp: grantkeeper runbook document-broken",
    "✅ account prod: its manifest has no error any more, or no binding needs it",
    "🔴 prod: not read since 2026-11-25 11:44Z: changes in AWS are not seen\n    sts:AssumeRole: AccessDenied: not authorized to perform: sts:AssumeRole\nNext: grantkeeper doctor --account prod\nSee:  grantkeeper get accounts\nHelp: grantkeeper runbook account-unreadable",
    "✅ accounts that were not read: each is read again, or no longer declared",
    "🔴 orders/orders-api@prod/eu-west-1: someone keeps changing its role's trust policy (reverted 4 times)\nNext: Grantkeeper no longer reverts it; find out who changes it\nSee:  grantkeeper describe orders/orders-api@prod/eu-west-1\nHelp: grantkeeper runbook contended",
    "✅ orders/orders-api@prod/eu-west-1: it matches Git, or Grantkeeper reverts changes again",
    "🔵 orders/orders-api@prod/eu-west-1: its adoption was undone by dana\n    it has arn:aws:iam::111122223333:role/old again; Git is not applied to it until 2026-10-08 12:00Z\nNext: to keep it so, set mode: observe in its manifest\nSee:  grantkeeper describe orders/orders-api@prod/eu-west-1\nHelp: grantkeeper runbook adoption-undone",
    "🟠 orders/orders-api@prod/eu-west-1: the way back to arn:aws:iam::111122223333:role/old stopped\n    role old has changed since the undo was approved\nNext: grantkeeper adopt orders/orders-api@prod/eu-west-1 --undo shows the present plan\nSee:  grantkeeper describe orders/orders-api@prod/eu-west-1\nHelp: grantkeeper runbook adoption-undo-stopped",
    "🟠 orders in prod: wave 2 of the switch to declared roles stopped\n    orders/orders-api: AWS denied kms:Decrypt (AccessDenied)\nNext: Grantkeeper switches no other function of it until an operator approves the rest\nSee:  grantkeeper get waves -n orders\nHelp: grantkeeper runbook wave-stopped",
    "🔴 the role of orders/orders-api@prod/eu-west-1 in prod (eu-west-1) was deleted and created again\n    arn:aws:iam::222222222222:role/grantkeeper/orders-api: references to the old role (KMS grants, policies of others) no longer work\nSee:  grantkeeper describe orders/orders-api@prod/eu-west-1\nHelp: grantkeeper runbook role-recreated",
    `🔴 prod: 20 bindings compared for the first time, 14 differ, 2 exposed, 1 escalated\n    orders/orders-api@prod/eu-west-1: + anyone can invoke it\n    search/audit@prod: + more\nSee:  grantkeeper status\nHelp: grantkeeper runbook first-comparison`,
    '🟠 the rollback of source main to main@9c1d04e ends at 12:44Z\n    ordered by dana: "INC-4410"\nNext: Grantkeeper applies main@41aa2e0 then, unless it is held or refused\nSee:  grantkeeper get sources\nHelp: grantkeeper runbook rollback-ending',
    "🟠 the suspension of orders/orders-api@prod/eu-west-1 ends at 12:44Z\n    orders/orders-api@prod/eu-west-1: 2 writes\n    search/audit@prod: 1 write\nNext: Grantkeeper writes this then\nStop: grantkeeper suspend orders/orders-api@prod/eu-west-1 --for 1h --reason TEXT\nHelp: grantkeeper runbook suspension-ending",
    "🔵 1 suspension in effect, 1 orphan\n    orders/@prod until 2026-11-25 12:44Z by dana: grantkeeper resume s1 --reason TEXT\n    role/old in prod\nSee:  grantkeeper status\nHelp: grantkeeper runbook daily-reminder",
    "🔵 prod: 3 more functions in AWS without a manifest\n    report in eu-west-1\nSee:  grantkeeper get functions --uncovered\nHelp: grantkeeper runbook functions-uncovered",
    "🔴 main: main@9c1d04e is awaiting approval: not a descendant\nNext: the accepted revision remains in effect until it is approved\nSee:  grantkeeper describe approval main@9c1d04e\nApprove: grantkeeper approve main@9c1d04e --reason TEXT\nHelp: grantkeeper runbook revision-held",
    "🟠 main: no answer\nNext: check the network\nHelp: grantkeeper runbook source-failed",
    "🟠 orders in prod: 1 change from Git waits, since 2026-11-24 10:00:00Z\n    waits for the change window office, which opens at 2026-12-01 08:30:00Z\n    orders/orders-api@prod/eu-west-1\nNext: the last applied state remains in effect until the cause has ended\nSee:  grantkeeper get approvals\nHelp: grantkeeper runbook waiting-long",
    "✅ orders in prod: no change waits for long any more",
    "✅ prod: the pending approval 7f3a91c2d4e5 is approved",
    "✅ main: main@9c1d04e is superseded: it is no longer the newest revision of the source",
    "✅ main: it is read again, and its newest revision is processed",
    "🟠 backups of the record: the last backup failed\n    the disk is full\n    no verified backup is known\nNext: the controller continues; if the disk of the record is lost, everything after the last backup is lost\nFix:  free space there\nSee:  grantkeeper doctor\nHelp: grantkeeper runbook backup-failed",
    "🔴 the record: broken at entry 6: changed\n    entries from 3 on may not be what was written\nNext: the controller continues and adds entries; history marks what is not verified\nFix:  before anything else, copy the complete state directory: it is evidence\nSee:  grantkeeper audit verify\nHelp: grantkeeper runbook record-broken",
    "✅ the record: it verifies again",
    "🔴 prod: 1 write by a role of Grantkeeper is not in its record: another caller has credentials of Grantkeeper\n    iam:AttachRolePolicy on role/orders-api at 2026-11-25T10:32:07.000Z (event e1, us-east-1)\n    by gk-7 via writer from 203.0.113.7, access key ASIAEXAMPLE0000000007\nNext: Grantkeeper compares what was written, and continues; it does not stop the caller\nStop: deny the sessions of the role, as the runbook shows, and find out who can assume it\nSee:  grantkeeper history\nHelp: grantkeeper runbook unrecorded-writes",
    "✅ prod: for 7 days, every write by a role of Grantkeeper was in its record",
    "✅ backups of the record: a complete and verified backup was made",
  ]);
  expect(alertText({ ...EVENTS.refused, applied: null }, [])).toContain(
    "Next: nothing of it is applied, no applied revision is recorded; fix the manifest",
  );
  expect(alertText({ ...EVENTS["first-comparison"], findings: [] }, [])).toMatch(
    /^🔵 prod: 20 bindings compared .* 14 differ$/m,
  );
});

test("a suspension of everything is extended with --all", () => {
  const event = { ...EVENTS["suspension-ending"], target: "everything" };

  expect(lines(event)).toContain("Stop: grantkeeper suspend --all --for 1h --reason TEXT");
});
