import { describe, expect, test } from "@jest/globals";
import { accountText, compileTexts, diagnosticTexts } from "../../../support/manifests.ts";

describe("a fault in an account", () => {
  const ofAccount = (text: string): readonly string[] =>
    diagnosticTexts(compileTexts({ "platform/accounts.yaml": text })).map((line) =>
      line.replace("platform/accounts.yaml:", ""),
    );

  test.each([
    {
      from: 'id: "222222222222"',
      to: "id: 222222222222",
      message: '5:7 spec.id: 222222222222 is read as a number, not as text → quote it: "222222222222"',
    },
    {
      from: 'id: "222222222222"',
      to: 'id: "22222222222"',
      message: '5:7 "22222222222" is not an account id of twelve digits → write it like "111122223333"',
    },
    {
      from: 'id: "222222222222"',
      to: 'id: "333333333333"',
      message:
        "8:20 arn:aws:iam::222222222222:role/grantkeeper-system/observer is not a role of account 333333333333 → write arn:aws:iam::333333333333:role/…",
    },
    {
      from: "  boundary: platform-default\n",
      to: "",
      message:
        "7:9 enforce needs a boundary for every role → write boundary: NAME of a ManagedPolicy with use: boundary",
    },
    {
      from: /  writer: .*\n/,
      to: "",
      message: "7:9 enforce needs a writer → write writer: {role: …, externalId: …}",
    },
    {
      from: "tagKeys:",
      to: "functionRole: manage\n  tagKeys:",
      message: "11:17 manage needs a binder → write binder: {role: …, externalId: …}",
    },
    {
      from: "platform-default",
      to: "platform-defualt",
      message:
        '10:13 unknown boundary "platform-defualt", did you mean platform-default? → declare a ManagedPolicy with use: boundary in the platform\'s folder',
    },
    {
      from: "vars: {",
      to: 'vars: {"a-b": x, ',
      message: '12:17 "a-b" is not a variable\'s name → write letters, digits and _ such as ordersTable',
    },
    {
      from: "orders-prod",
      to: '"orders-*"',
      message:
        '12:23 "orders-*" is not a variable\'s value: one line without $, * and ? → write it like orders-prod-7F3A',
    },
    {
      from: "tagKeys:",
      to: "propagationWait: 10s\n  tagKeys:",
      message: '11:20 "10s" is not a duration from 30s to 1h → the shortest is 30s',
    },
    {
      from: "tagKeys:",
      to: "settle: 60s\n  tagKeys:",
      message:
        '11:3 unknown field "settle" in spec → did you mean "propagationWait"? Valid fields: adoptableRoles, adoption, assumableRoles, attachablePolicies, binder, boundaries, boundary, budgets, callerAccounts, controllableResources, deleteQuiet, functionRole, id, limits, mode, observer, organizations, partition, passableRoles, propagationWait, protectedPolicies, regions, requireSourceAccount, resourceAccounts, revert, tagKeys, vars, writer',
    },
    {
      from: "tagKeys:",
      to: "deleteQuiet: 1h\n  tagKeys:",
      message: '11:16 "1h" is not a duration from 4h to 400d → the shortest is 4h',
    },
    {
      from: "tagKeys:",
      to: "limits: {changedShare: 2}\n  tagKeys:",
      message: "11:26 spec.limits.changedShare: too big: expected number to be <=1",
    },
    {
      from: "tagKeys:",
      to: "limits: {deletes: many}\n  tagKeys:",
      message: "11:21 spec.limits.deletes must be a number, not text",
    },
    {
      from: "tagKeys:",
      to: 'adoptableRoles: ["arn:aws:iam::111111111111:role/x"]\n  tagKeys:',
      message:
        "11:20 arn:aws:iam::111111111111:role/x is not a role of account 222222222222 → name the role of a function",
    },
    {
      from: "tagKeys:",
      to: 'adoptableRoles: ["arn:aws:iam::222222222222:role/aws-service-role/x.amazonaws.com/x"]\n  tagKeys:',
      message:
        "11:20 arn:aws:iam::222222222222:role/aws-service-role/x.amazonaws.com/x is below /aws-service-role/: it can't be taken over → name the role of a function",
    },
    {
      from: "tagKeys:",
      to: `adoptableRoles: [${Array.from({ length: 61 }, (_, at) => `"arn:aws:iam::222222222222:role/r${at}"`).join(", ")}]\n  tagKeys:`,
      message:
        "11:19 61 roles: an account can have 60, because the writer's policies name each one → give the other functions new roles below /grantkeeper/, or list these once the first ones are released",
    },
    {
      from: "tagKeys: [cost-center]",
      to: "tagKeys: cost-center",
      message: "11:12 spec.tagKeys must be a list, not text → write a list: [cost-center]",
    },
    {
      from: "tagKeys: [cost-center]",
      to: "tagKeys: [a, a]",
      message: '11:16 duplicate value "a" → keep one of them',
    },
  ])("$message", ({ from, to, message }) => {
    expect(ofAccount(accountText("prod", "222222222222").replace(from, to))).toContain(message);
  });
});
