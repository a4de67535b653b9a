import { describe, expect, test } from "@jest/globals";
import type { HoldChange, HoldObject } from "../../../src/api/overview.ts";
import type { Key } from "../../../src/model/keys/key.ts";
import type { ApprovalSubject } from "../../../src/model/verdict.ts";
import {
  changeGroups,
  changesTitle,
  headingOf,
  lockOf,
  reasonText,
  successorOf,
  unlistedCalls,
} from "../../../src/page/view/approval.ts";

const keyOf = (name: string): Key => `function/111122223333/eu-west-1/orders/${name}` as Key;

const roleArnOf = (name: string): string => `arn:aws:iam::111122223333:role/grantkeeper/${name}-eu-west-1`;
const functionArnOf = (name: string): string => `arn:aws:lambda:eu-west-1:111122223333:function:${name}`;

function change(name: string, fields: Partial<HoldChange> = {}): HoldChange {
  return {
    key: keyOf(name),
    risk: "low",
    canBreak: false,
    delta: { allowed: [], noLongerAllowed: [], unknownEffect: [] },
    calls: [{ call: "iam:PutRolePolicy", target: roleArnOf(name), risk: "low" }],
    own: [functionArnOf(name), roleArnOf(name)],
    ...fields,
  };
}

function hold(digits: string, fields: Partial<HoldObject["status"]> = {}): HoldObject {
  return {
    apiVersion: "grantkeeper.dev/v1alpha1",
    kind: "Hold",
    metadata: { name: digits },
    status: {
      subject: `sha256:${digits}` as ApprovalSubject,
      code: "first-enforcing-pass",
      reason: "first enforcing run",
      account: "prod",
      keys: [keyOf("a"), keyOf("b")],
      bindings: 2,
      calls: 2,
      risk: "low",
      since: "2026-11-30T05:00:00Z",
      group: null,
      authors: [],
      rejected: null,
      approvable: true,
      changes: [],
      ...fields,
    },
  };
}

describe("the changes of an approval", () => {
  test("are grouped if they are equal apart from their object, and the risky ones are first", () => {
    const risky = change("z", { risk: "high" });
    const breaking = change("y", { canBreak: true });

    const groups = changeGroups([change("a"), change("b"), breaking, risky]);

    expect(groups.map(({ keys, isRisky }) => [keys, isRisky])).toEqual([
      [[keyOf("z")], true],
      [[keyOf("y")], true],
      [[keyOf("a"), keyOf("b")], false],
    ]);
  });

  test("are not one group if they lead to different roles or touch different objects", () => {
    const to = (role: string) => ({ roles: { from: null, to: roleArnOf(role) } });
    const attach = (target: string) => ({
      calls: [{ call: "lambda:AddPermission", target, risk: "low" as const }],
    });
    const alias = (name: string) => attach(`${functionArnOf(name)}:live`);

    expect(changeGroups([change("a", to("a")), change("b", to("admin"))])).toHaveLength(2);
    expect(changeGroups([change("a", to("a")), change("b", to("b"))])).toHaveLength(1);
    expect(changeGroups([change("a", attach("policy/x")), change("b", attach("policy/y"))])).toHaveLength(2);
    expect(changeGroups([change("a", alias("a")), change("b", alias("b"))])).toHaveLength(1);
    expect(changeGroups([change("a", alias("a")), change("b", attach(functionArnOf("b")))])).toHaveLength(2);
    expect(changeGroups([change("a", { own: [] }), change("b", { own: [] })])).toHaveLength(2);
  });

  test.each([
    { calls: 3, unlisted: 1, because: "the calls of one role are hidden" },
    { calls: 2, unlisted: 0, because: "each call is listed" },
    { calls: null, unlisted: 0, because: "the number is not known" },
  ])("lack $unlisted of $calls calls: $because", ({ calls, unlisted }) => {
    expect(unlistedCalls({ calls, changes: [change("a"), change("b")] })).toBe(unlisted);
  });

  test("are not one group if a call differs in its risk", () => {
    const other = change("b", {
      calls: [{ call: "iam:PutRolePolicy", target: roleArnOf("b"), risk: "high" }],
    });

    expect(changeGroups([change("a"), other])).toHaveLength(2);
  });
});

describe("the form of an approval", () => {
  const shown = hold("aaaa");
  const failed = (code: number) => ({
    value: shown,
    failed: { code, message: "new digest bbbb", hint: null },
  });

  test("is open while the same plan is pending", () => {
    expect(lockOf(shown, { value: shown, failed: null })).toEqual({ kind: "open" });
  });

  test.each([404, 409, 410])("locks with the answer %i, whose message names the new digest", (code) => {
    expect(lockOf(shown, failed(code))).toEqual({ kind: "changed", message: "new digest bbbb", hint: null });
  });

  test.each([0, 401, 429, 500, 503])(
    "stays open with the answer %i: nothing is known about the plan",
    (code) => {
      expect(lockOf(shown, failed(code))).toEqual({ kind: "open" });
    },
  );

  test("locks if another digest has its name", () => {
    expect(lockOf(shown, { value: hold("bbbb"), failed: null }).kind).toBe("changed");
  });

  test("shows why the person may not approve it", () => {
    const closed = hold("aaaa", { approvable: false, group: { name: "security", members: [] } });

    expect(lockOf(closed, { value: closed, failed: null })).toEqual({
      kind: "not-approvable",
      message: "You cannot approve it: it needs a member of group security",
    });
  });

  test.each([
    { rejected: null, words: "approve or reject it", because: "it waits" },
    { rejected: { actor: "sam", reason: "no", at: "" }, words: "approve it", because: "it was rejected" },
  ])("without the scope states that the person cannot $words: $because", ({ rejected, words }) => {
    const closed = hold("aaaa", { approvable: false, rejected });

    expect(lockOf(closed, { value: closed, failed: null })).toMatchObject({
      message: expect.stringContaining(`You cannot ${words}: it needs the scope`),
    });
  });

  test.each([
    {
      code: "first-enforcing-pass",
      heading: "Approval",
      reason: "Needs an approval because: x",
      title: "Will change in AWS after approval",
    },
    {
      code: "depends-on",
      heading: "Waiting plan",
      reason: "Needs no approval: x",
      title: "Will change in AWS after the functions that it depends on",
    },
    {
      code: "change-window",
      heading: "Waiting plan",
      reason: "Needs no approval: x",
      opensAt: "2126-12-06T03:00:00.000Z",
      title: "Will change in AWS when its change window opens",
    },
    {
      code: "change-window",
      heading: "Waiting plan",
      reason: "Needs no approval: x",
      title: "Will change in AWS once its change window is corrected",
    },
  ] as const)(
    "of $code has the heading $heading, and states: $reason. $title",
    ({ code, heading, reason, title, ...times }) => {
      const status = { code, reason: "x", rejected: null, ...times };

      expect([headingOf(status), reasonText(status)]).toEqual([heading, reason]);
      expect(changesTitle(status, { kind: "open" })).toBe(title);
      expect(changesTitle(status, { kind: "changed", message: "", hint: null })).toBe("What the plan was");
    },
  );

  test("leads to the pending approval with most of its keys", () => {
    const other = hold("bbbb", { keys: [keyOf("a")] });
    const next = hold("cccc");
    const rejected = hold("dddd", { rejected: { actor: "sam", reason: "no", at: "2026-11-30T05:00:00Z" } });

    expect(successorOf(shown, [shown, rejected, other, next])?.metadata.name).toBe("cccc");
    expect(successorOf(shown, [shown])).toBeNull();
  });
});
