import { describe, expect, test } from "@jest/globals";
import type { HoldChange } from "../../../src/api/overview.ts";
import { holdTexts } from "../../support/screens/hold-texts.ts";
import { parseStackId, type ReferenceText } from "../../../src/model/aws/reference.ts";
import { checked } from "../../support/record/audit-facts.ts";
import { NO_DELTA } from "../../../src/model/delta.ts";
import { ORIGIN } from "../../support/pass/bindings.ts";
import { API, CONTEXT, row, GRANT, REVOKE, hold } from "./hold-objects.ts";

describe("one pending approval", () => {
  test("of a stricter verdict shows what will be refused, where, and what happens to AWS", () => {
    const rule = {
      rule: "RES-001",
      file: "teams/orders/orders-api.yaml",
      line: 16,
      why: 'Resource "*" means every queue',
      hint: "name the queue",
      more: 0,
    };
    const change: HoldChange = {
      key: API,
      risk: null,
      canBreak: false,
      delta: NO_DELTA,
      calls: [],
      refusedBy: [
        rule,
        { ...rule, rule: "OWN-001", file: null, line: null, why: "no owner", hint: "add it" },
      ],
    };
    const reason = "RES-001 would refuse 1 function: stricter in profile p (main@9c1d04e)";
    const status = { code: "verdict-changed", keys: [API], changes: [change], reason, calls: 0 } as const;

    expect(holdTexts(hold({ ...status, risk: null }), CONTEXT, 80)).toEqual([
      "Pending approval 7f3a91c2: a stricter verdict on 1 binding in staging",
      "Reason: RES-001 would refuse 1 function: stricter in profile p (main@9c1d04e)",
      "Since: 3h ago, accepted revision main@9c1d04e",
      "",
      "Will be refused",
      "The permissions in AWS stay as they are. Drift is then reverted only where that",
      "removes access, until the manifest is changed.",
      "orders/orders-api@staging/eu-west-1",
      '  teams/orders/orders-api.yaml:16: RES-001: Resource "*" means every queue',
      "  hint:  name the queue",
      "  OWN-001: no owner",
      "  hint:  add it",
      "",
      "To approve: grantkeeper approve 7f3a91c2 --reason TEXT [--for 1h]",
      "To reject:  grantkeeper reject 7f3a91c2 --reason TEXT",
    ]);
    expect(
      holdTexts(
        hold({ ...status, rejected: { actor: "sam", reason: "later", at: "2026-09-30T09:00:00.000Z" } }),
        CONTEXT,
        80,
      )[0],
    ).toBe("Rejected verdict 7f3a91c2: a stricter verdict on 1 binding in staging");
  });

  test("of a wave names the role that each function leaves and the one that it gets", () => {
    const roles = {
      from: "arn:aws:iam::333333333333:role/orders-shared",
      to: "arn:aws:iam::333333333333:role/grantkeeper/orders-api-eu-west-1",
    };
    const target = "arn:aws:lambda:eu-west-1:333333333333:function:orders-api";
    const calls = [{ call: "lambda:UpdateFunctionConfiguration", target, risk: "high" }] as const;
    const change: HoldChange = { key: API, risk: "high", canBreak: false, delta: NO_DELTA, calls, roles };
    const shown = (code: "wave" | "wave-member") =>
      holdTexts(hold({ code, keys: [API], changes: [change], calls: 1 }), CONTEXT, 80);

    expect(shown("wave")).toContain("  orders/orders-api@staging/eu-west-1");
    for (const code of ["wave", "wave-member"] as const)
      expect(shown(code)).toContain("    from role/orders-shared to role/grantkeeper/orders-api-eu-west-1");
  });

  test("shows the actions that AWS added, which no call changes", () => {
    const grown = [{ pattern: "s3:Get*", actions: ["s3:GetThing"] }];
    const change: HoldChange = { key: API, risk: "low", canBreak: false, delta: NO_DELTA, calls: [], grown };

    expect(holdTexts(hold({ changes: [change] }), CONTEXT, 100).join("\n")).toContain(
      '+ "s3:Get*" also matches s3:GetThing, which AWS added after it was approved',
    );
  });

  test("of a stack that was created again shows its IDs, and that no permission changes", () => {
    const [from, to] = ["1aa", "2bb"].map((end) =>
      checked(parseStackId(`arn:aws:cloudformation:eu-west-1:333333333333:stack/orders/${end}`)),
    );
    const text = "stack.orders.TableName" as ReferenceText;
    const changedReferences = [
      {
        text,
        before: { value: "orders-1", stackId: checked(from) },
        after: { value: "orders-1", stackId: checked(to) },
      },
    ];
    const base: HoldChange = { key: API, risk: "low", canBreak: false, delta: NO_DELTA, calls: [] };
    const shown = (change: HoldChange): string =>
      holdTexts(hold({ code: "reference-changed", changes: [change] }), CONTEXT, 300).join("\n");
    const calls = [{ call: "iam:PutRolePolicy", target: "arn:aws:iam::1:role/a", risk: "high" }] as const;

    expect(shown({ ...base, changedReferences })).toContain(
      "No permission changes. Approve it if these are the values that the manifest means.\norders/orders-api@staging/eu-west-1: risk low\n~ stack.orders.TableName has the same value, but the stack was deleted and created again, and its ID changed from 1aa to 2bb\n",
    );
    expect(shown({ ...base, changedReferences, calls })).toContain("Will change in AWS\n");
  });

  test.each([
    {
      change: { group: { name: "security", members: ["lee", "kim"] }, authors: ["dana@example.com"] },
      lines: [
        "Approver: a member of group security (lee, kim)",
        "Authors: dana@example.com (a token with one of these addresses cannot approve it)",
      ],
      because: "the tokens of the group, and the authors",
    },
    {
      change: { unlistedAuthors: "a force-push" },
      lines: [
        "Authors not all known: a force-push (a token without mails cannot approve it, if another has some)",
      ],
      because: "why authors are unknown",
    },
    {
      change: { group: { name: "security", members: [] } },
      lines: [
        "Approver: a member of group security (no valid token is in it; name one in grantkeeper.yaml: approvers: { security: [TOKEN] })",
      ],
      because: "that no token is in the group, with the lines that change it",
    },
  ])("shows who may approve it: $because", ({ change, lines }) => {
    expect(holdTexts(hold(change), CONTEXT, 200).slice(2, 2 + lines.length)).toEqual(lines);
  });

  test("shows permissions and calls of every binding, and both answers", () => {
    expect(holdTexts(hold(), CONTEXT, 80)).toEqual([
      "Pending approval 7f3a91c2: 2 bindings in staging, 2 calls, risk high",
      "Reason: first enforcing run",
      "Since: 3h ago, accepted revision main@9c1d04e",
      "",
      "Will change in AWS",
      "orders/orders-api@staging/eu-west-1: risk low",
      '+ dynamodb read  table/customers  policy "grantkeeper"',
      "  iam:PutRolePolicy role/grantkeeper/orders-api-eu-west-1",
      "orders/orders-worker@staging/eu-west-1: risk high, can break running code",
      '- sqs:PurgeQueue  all resources  policy "debug-2025"',
      "  iam:DeleteRolePolicy role/grantkeeper/orders-worker-eu-west-1",
      "",
      "To approve: grantkeeper approve 7f3a91c2 --reason TEXT [--for 1h]",
      "To reject:  grantkeeper reject 7f3a91c2 --reason TEXT",
    ]);
  });

  test("shows who rejected it and why, and that it can still be approved", () => {
    const rejected = { actor: "sam", reason: "ask the team first", at: "2026-09-30T11:00:00.000Z" };
    const lines = holdTexts(hold({ rejected }), CONTEXT, 80);

    expect(lines[0]).toBe("Rejected plan 7f3a91c2: 2 bindings in staging, 2 calls, risk high");
    expect(lines[2]).toBe('Rejected by sam 32m ago: "ask the team first"');
    expect(lines.at(-1)).toBe("To approve: grantkeeper approve 7f3a91c2 --reason TEXT [--for 1h]");
  });

  test("of a revision shows what helps other than an approval", () => {
    const revision = { code: "revision", keys: [], changes: [], risk: null, account: null } as const;
    const context = { ...CONTEXT, fix: "sign them with a listed key and push again" };

    expect(holdTexts(hold(revision), context, 80)[2]).toBe("Fix: sign them with a listed key and push again");
  });

  test("fits 80 columns, however long its reason is", () => {
    const reason = 'removes public statement "try-from-laptop", older than the first applied revision';
    const lines = holdTexts(hold({ reason }), CONTEXT, 80);

    expect(lines.slice(1, 4)).toEqual([
      'Reason: removes public statement "try-from-laptop", older than the first applied',
      "  revision",
      "Since: 3h ago, accepted revision main@9c1d04e",
    ]);
  });

  test("fits 80 columns, however many resources a permission has", () => {
    const index = "arn:aws:dynamodb:eu-west-1:333333333333:table/customers/index/by-country-of-delivery";
    const delta = {
      ...NO_DELTA,
      allowed: [row({ origin: ORIGIN }), row({ origin: ORIGIN, resource: index })],
    };

    expect(holdTexts(hold({ changes: [{ ...GRANT, delta }] }), CONTEXT, 80).slice(6, 9)).toEqual([
      "+ dynamodb read table/customers, table/customers/index/by-country-of-delivery,",
      '  policy "grantkeeper"',
      "  iam:PutRolePolicy role/grantkeeper/orders-api-eu-west-1",
    ]);
  });

  test("offers no command to a token that may not answer", () => {
    expect(holdTexts(hold({ approvable: false, calls: null }), CONTEXT, 80).join("\n")).not.toContain(
      "grantkeeper approve",
    );
  });

  test.each([
    { from: "inline grantkeeper", because: "in the policy that Grantkeeper writes" },
    { from: "inline hotfix", because: "in another policy" },
  ])("never mistakes a Sid for a grant that Git does not declare, $because", ({ from }) => {
    const forged = row({ sid: "DynamodbRead1a2b3c4d", from, action: "iam:*", resource: "*" });
    const delta = { ...NO_DELTA, noLongerAllowed: [forged] };

    const text = holdTexts(hold({ changes: [{ ...REVOKE, delta }] }), CONTEXT, 80).join("\n");

    expect(text).toMatch(/^- iam:\*  all resources  policy "/m);
    expect(text).not.toContain("dynamodb read");
  });

  test.each([
    {
      condition: { ArnNotLike: { "aws:SourceArn": "arn:aws:sns:eu-west-1:333333333333:orders" } },
      shown: "if aws:SourceArn ArnNotLike arn:aws:sns:eu-west-1:333333333333:orders",
    },
    {
      condition: { StringEqualsIfExists: { "aws:SourceAccount": "333333333333" } },
      shown: "if aws:SourceAccount StringEqualsIfExists 333333333333",
    },
  ])("shows a condition that names no source as it is: $condition", ({ condition, shown }) => {
    const caller = row({
      principal: "Service sns.amazonaws.com",
      action: "lambda:InvokeFunction",
      condition: JSON.stringify(condition),
    });
    const delta = { ...NO_DELTA, allowed: [caller] };

    const text = holdTexts(hold({ changes: [{ ...REVOKE, delta }] }), CONTEXT, 80).join("\n");

    expect(text).toMatch(/^\+ caller sns {4}statement/m);
    expect(text).toContain(`\n      ${shown}\n`);
  });

  test("names every action of a statement with several, and who can call the function", () => {
    const bare = { sid: "old", from: "inline old" } as const;
    const delta = {
      ...NO_DELTA,
      allowed: [
        row({
          principal: "AWS *",
          sid: "try-from-laptop",
          action: "lambda:InvokeFunction",
          risk: "exposure",
        }),
      ],
      noLongerAllowed: [row({ ...bare, action: "sqs:A" }), row({ ...bare, action: "sqs:B" })],
    };

    expect(holdTexts(hold({ changes: [{ ...REVOKE, delta }] }), CONTEXT, 80).slice(6, 10)).toEqual([
      '+ anyone can invoke                   statement "try-from-laptop"',
      '- 2 actions          table/customers  policy "old"',
      "      sqs:A",
      "      sqs:B",
    ]);
  });
});
