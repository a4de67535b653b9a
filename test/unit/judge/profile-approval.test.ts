import { describe, expect, test } from "@jest/globals";
import { judgePlans } from "../../../src/judge/judge-plans.ts";
import { changeOfGit, isNewAccess } from "../../../src/judge/approvals/new-access.ts";
import type { Action, KeyPlan } from "../../../src/model/plan.ts";
import type { Authors } from "../../../src/model/authors.ts";
import { NO_DELTA } from "../../../src/model/delta.ts";
import { mayDo } from "../plan/render/views.ts";
import { action, approvalOf, functionKey, modifying, NOT_STARTED, planOf, plansContext } from "./plans.ts";

const MORE = mayDo("sqs:SendMessage");
const madeBy = (...people: readonly string[]): Authors => ({ people, assistants: [], unknown: null });

describe("a plan grants new access", () => {
  const key = functionKey("a");
  const planWith = (...changes: readonly Partial<Action>[]): KeyPlan =>
    planOf(
      key,
      changes.map((change) => action(key, change)),
    );

  test.each([
    { plan: planWith({ delta: MORE }), isNew: true, because: "a revision allows more" },
    {
      plan: planWith({ delta: MORE, cause: "initial" }),
      isNew: true,
      because: "the first state allows something",
    },
    { plan: planWith({ delta: NO_DELTA }), isNew: false, because: "nothing more is allowed" },
    {
      plan: planWith({ delta: { ...NO_DELTA, noLongerAllowed: MORE.allowed } }),
      isNew: false,
      because: "less is allowed",
    },
    {
      plan: planWith({ delta: MORE, cause: "out-of-band" }),
      isNew: false,
      because: "a revert restores what was approved before",
    },
    {
      plan: planWith({ delta: { ...NO_DELTA, unknownEffect: [{ kind: "comparison-limit" }] } }),
      isNew: true,
      because: "what cannot be compared counts as new",
    },
    {
      plan: planWith({ delta: MORE, cause: "out-of-band" }, { delta: MORE }),
      isNew: true,
      because: "one of its actions is of the revision",
    },
  ])("or not: $because", ({ plan, isNew }) => {
    expect(isNewAccess(changeOfGit(plan))).toBe(isNew);
  });
});

test.each<{
  facts: object;
  /** The function that they are about. */
  of?: string;
  plan?: Partial<KeyPlan>;
  unseen: true | undefined;
  because: string;
}>([
  { facts: {}, unseen: undefined, because: "it covers what the manifest grants" },
  { facts: { relaxed: "a rule was relaxed" }, unseen: true, because: "a rule was relaxed" },
  { facts: { firstClaims: "others use it" }, unseen: true, because: "others use the live function already" },
  { facts: { takeOvers: "its role is taken over" }, unseen: true, because: "a role is taken over" },
  {
    facts: {
      relaxed: "a rule was relaxed",
      firstClaims: "others use it",
      takeOvers: "its role is taken over",
    },
    of: "b",
    unseen: undefined,
    because: "all that is of another function",
  },
  { facts: {}, plan: { changedReferences: [] }, unseen: true, because: "a value of AWS changed" },
  { facts: {}, plan: { grown: [] }, unseen: true, because: "a pattern matches more actions" },
])("no pull request shows all that the approval of a profile covers, or does: $because", (one) => {
  const planned = { ...modifying("a"), ...one.plan };
  const approvers = new Map([[planned.key, [null]]]);
  const { key } = modifying(one.of ?? "a");
  const facts = Object.fromEntries(
    Object.entries(one.facts).map(([name, text]) => [name, new Map([[key, String(text)]])]),
  );
  const verdict = judgePlans(plansContext([planned], { approvers, ...facts })).get(planned.key);

  expect(verdict).toMatchObject({ kind: "hold", code: "profile-approval" });
  expect((verdict as { readonly coversUnseen?: true }).coversUnseen).toBe(one.unseen);
});

describe("an approval of a profile", () => {
  const plan = modifying("a");
  const needing = (...groups: readonly (string | null)[]) => new Map([[plan.key, groups]]);
  const verdictOf = (facts: Parameters<typeof plansContext>[1]) =>
    judgePlans(plansContext([plan], facts)).get(plan.key);

  test.each([
    { groups: ["security"], by: ["security"], held: null, because: "a member of the group approved" },
    { groups: ["security"], by: ["audit"], held: "security", because: "a member of another group did" },
    { groups: ["security"], by: undefined, held: "security", because: "approvals of 0.1 name no group" },
    { groups: [null], by: undefined, held: null, because: "any approver is enough" },
    { groups: ["audit", "security"], by: ["audit"], held: "security", because: "each group must approve" },
    {
      groups: ["audit", "security"],
      by: ["audit", "security"],
      held: null,
      because: "one person may be in both",
    },
  ])("is there or not: $because", ({ groups, by, held }) => {
    const approvals = [approvalOf([plan], by === undefined ? {} : { groups: by })];

    expect(verdictOf({ approvers: needing(...groups), approvals })).toMatchObject(
      held === null ? { kind: "allow" } : { kind: "hold", code: "profile-approval", group: held },
    );
  });

  test.each([
    { mails: ["dana@example.com"], held: true, because: "the approver is an author" },
    { mails: ["lee@example.com"], held: false, because: "the approver is someone else" },
    { mails: undefined, held: false, because: "the operator's file has no address of the approver" },
    {
      mails: [],
      actor: "Dana <https://idp#00u1>",
      held: true,
      because: "a person without address may be one",
    },
  ])("counts or not: $because", ({ mails, actor = "lee", held }) => {
    const by = { actor, groups: ["security"], ...(mails !== undefined && { mails }) };
    const approvals = [approvalOf([plan], by)];
    const authors = new Map([[plan.key, madeBy("dana@example.com", "kim@example.com")]]);

    expect(verdictOf({ approvers: needing("security"), authors, approvals })).toMatchObject(
      held ? { kind: "hold", authors: ["dana@example.com", "kim@example.com"] } : { kind: "allow" },
    );
  });

  test.each([
    { mails: ["dana@example.com"], held: true, because: "the approver is a known author" },
    {
      mails: ["lee@example.com"],
      held: false,
      because: "the approver is known and none of the known authors",
    },
    { mails: [], held: true, because: "the approver has no address and may be one of the others" },
    { mails: undefined, held: false, because: "the operator's file has no address at all" },
  ])("of a change whose authors are not all known counts or not: $because", ({ mails, held }) => {
    const approvals = [approvalOf([plan], { groups: ["security"], ...(mails !== undefined && { mails }) })];
    const authors = new Map([[plan.key, { ...madeBy("dana@example.com"), unknown: "a force-push" }]]);

    expect(verdictOf({ approvers: needing("security"), authors, approvals })).toMatchObject(
      held
        ? {
            kind: "hold",
            reason:
              "grants new access, which needs an approval of group security; its authors are not all known (a force-push)",
            authors: ["dana@example.com"],
            unlistedAuthors: "a force-push",
          }
        : { kind: "allow" },
    );
  });

  test("has the reason why an author is unknown once", () => {
    const authors = new Map([[plan.key, { ...madeBy(), unknown: "a force-push" }]]);

    expect(verdictOf({ approvers: needing(null), authors, assisted: new Set([plan.key]) })).toMatchObject({
      reason: "grants new access, which needs an approval; made by an unknown author (a force-push)",
    });
  });

  test("has the reason why an author is unknown, where the assistant is known", () => {
    const assistants = [{ assistant: "Claude", commit: "1a2b3c4d" }];
    const authors = new Map([[plan.key, { ...madeBy(), assistants, unknown: "a force-push" }]]);

    expect(verdictOf({ approvers: needing(null), authors, assisted: new Set([plan.key]) })).toMatchObject({
      reason:
        "grants new access, which needs an approval; made by Claude in commit 1a2b3c4d; its authors are not all known (a force-push)",
    });
  });

  test("of an author still counts for the limits, which ask for no other person", () => {
    const limits = { deletes: 0, changedCount: 0, changedShare: 0 };
    const authors = new Map([[plan.key, madeBy("dana@example.com")]]);
    const approvals = [approvalOf([plan], { mails: ["dana@example.com"] })];

    expect(verdictOf({ limits, authors, approvals })).toMatchObject({ kind: "allow" });
  });

  test("comes before the limits, which it covers too", () => {
    const limits = { deletes: 0, changedCount: 0, changedShare: 0 };

    expect(verdictOf({ approvers: needing("security"), limits })).toMatchObject({ code: "profile-approval" });
  });

  test("is still needed after another operator approved the first enforcing pass", () => {
    const context = { approvers: needing("security"), account: NOT_STARTED };

    expect(verdictOf(context)).toMatchObject({ code: "first-enforcing-pass" });
    expect(verdictOf({ ...context, approvals: [approvalOf([plan])] })).toMatchObject({
      code: "profile-approval",
      group: "security",
    });
  });

  test.each([
    {
      groups: ["security"],
      text: "an approval of group security: one approval covers both, if a member of it gives it who is no author",
      because: "one group",
    },
    {
      groups: ["audit", "security"],
      text: "an approval of group audit and an approval of group security: one approval covers both, if a member of each gives it who is no author",
      because: "several groups",
    },
    {
      groups: [null],
      text: "an approval: one approval covers both, if it is not an author's",
      because: "anyone who may approve",
    },
  ])("is announced in the first enforcing pass: $because", ({ groups, text }) => {
    expect(verdictOf({ approvers: needing(...groups), account: NOT_STARTED })).toMatchObject({
      code: "first-enforcing-pass",
      reason: `first enforcing run; grants new access, which needs ${text}`,
      newAccess: `grants new access, which needs ${text}`,
    });
  });

  test.each([
    { by: { groups: ["security"], mails: ["lee@example.com"] }, held: null, because: "of a member, of both" },
    { by: {}, held: "profile-approval", because: "of another operator, of the first run alone" },
    {
      by: { groups: ["security"], mails: ["dana@example.com"] },
      held: "profile-approval",
      because: "of an author in the group, of the first run alone",
    },
  ])("in the first enforcing pass is one with it: it is that $because", ({ by, held }) => {
    const authors = new Map([[plan.key, madeBy("dana@example.com")]]);
    const context = { approvers: needing("security"), authors, account: NOT_STARTED };

    expect(verdictOf({ ...context, approvals: [approvalOf([plan], by)] })).toMatchObject(
      held === null ? { kind: "allow" } : { kind: "hold", code: held, group: "security" },
    );
  });

  test("is not announced for what it covers already", () => {
    const plans = [plan, modifying("b")];
    const approvals = [approvalOf([plan], { groups: ["security"] })];
    const context = plansContext(plans, { approvers: needing("security"), approvals, account: NOT_STARTED });

    const verdict = judgePlans(context).get(functionKey("b"));
    expect(verdict).toMatchObject({ reason: "first enforcing run" });
    expect(verdict).not.toHaveProperty("newAccess");
  });

  test("holds the plans of each namespace under a subject of its own", () => {
    const plans = [modifying("a"), modifying("b", "search")];
    const approvers = new Map(plans.map(({ key }) => [key, [null]]));
    const verdicts = [...judgePlans(plansContext(plans, { approvers })).values()];

    const subjects = verdicts.map((verdict) => (verdict.kind === "hold" ? verdict.subject : null));
    expect(new Set(subjects).size).toBe(2);
  });
});
