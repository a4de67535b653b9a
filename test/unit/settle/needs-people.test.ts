import { describe, expect, test } from "@jest/globals";
import { settle, type PassSettlement } from "../../../src/settle/settle.ts";
import type { Pass } from "../../../src/judge/subject.ts";
import { digestOf } from "../../../src/model/values/digest.ts";
import type { Key } from "../../../src/model/keys/key.ts";
import type { LiveAccount, LiveRole } from "../../../src/model/live.ts";
import { INSTANCE_TAG, OWNER_TAG } from "../../../src/model/aws/tag.ts";
import { complete } from "../../../src/model/values/steps.ts";
import { withRole } from "../../support/pass/apply.ts";
import { awsError } from "../../support/fakes/fake-aws.ts";
import { binding, INSTANCE, NOW_MS, role } from "../../support/pass/bindings.ts";
import { convergedAccount, liveRoleOf } from "../../support/pass/live-state.ts";
import {
  actionOf,
  BINDING,
  doneOf,
  HELD,
  KEY,
  knownRecord,
  passOf,
  planOf,
  removedSubject,
  settleContext,
  skippedOf,
  subjectOf,
  writtenOf,
} from "../../support/pass/passes.ts";
import type { KeyOutcome, PassResult } from "../../../src/settle/outcome/outcome.ts";

const OTHER_KEY = "function/111122223333/eu-west-1/orders/other" as Key;
const OTHER = binding({ name: "other-eu-west-1" }, { key: OTHER_KEY });
const STRAY: LiveRole = liveRoleOf(BINDING, {
  ...role({ name: "stray" }),
  roleId: "AROASTRAY",
  inline: [],
  attachments: [],
  boundary: null,
  tags: [
    { key: INSTANCE_TAG, value: INSTANCE },
    { key: OWNER_TAG, value: "orders/gone" },
  ],
});

function settleAll(
  outcomes: readonly KeyOutcome[],
  pass: Partial<Pass> = {},
  done: Partial<Extract<PassResult, { readonly kind: "done" }>> = {},
): PassSettlement {
  return complete(settle(doneOf(outcomes, passOf([BINDING, OTHER], pass), done), settleContext()));
}

function keyed(key: Key, change: Parameters<typeof skippedOf>[1] = {}): KeyOutcome {
  const subject = {
    kind: "desired",
    key,
    record: knownRecord(),
    desired: key === KEY ? BINDING : OTHER,
  } as const;
  return skippedOf({ kind: "nothing-due" }, { subject, ...change });
}

describe("pending approvals", () => {
  test("are one per subject, with all its keys sorted", () => {
    const held = { verdict: HELD, plan: planOf([actionOf(), actionOf({ after: "x" })]) };

    expect(settleAll([keyed(OTHER_KEY, held), keyed(KEY, held)]).holds).toEqual([
      {
        subject: digestOf("held"),
        code: "limit-changes",
        sinceMs: NOW_MS,
        reason: "changes 11 bindings, limit 10",
        account: "prod",
        keys: [KEY, OTHER_KEY],
        actions: 4,
      },
    ]);
  });

  test("include parts of a plan, but are empty in observe", () => {
    const part = { reason: "a Deny", actions: [actionOf()], digest: digestOf("part") };
    const outcome = keyed(KEY, { plan: planOf([], { approvable: [part] }) });

    expect(settleAll([outcome]).holds).toMatchObject([
      { subject: digestOf("part"), reason: "a Deny", actions: 1 },
    ]);
    expect(settleAll([outcome], { mode: "observe" }).holds).toEqual([]);
  });

  test("count the held actions even if an undo plan ran", () => {
    const undone = writtenOf({
      verdict: HELD,
      undo: planOf([actionOf({ after: "x" })]),
      plan: planOf([actionOf()]),
    });

    expect(settleAll([undone]).holds).toMatchObject([{ actions: 1 }]);
    expect(settleAll([undone]).views.get(KEY)?.plan?.actions).toHaveLength(1);
  });

  test("remain while the account can't be read", () => {
    const held = settleAll([keyed(KEY, { verdict: HELD, plan: planOf([actionOf()]) })]);

    const failed = complete(
      settle(
        { kind: "failed", pass: passOf(), error: awsError("throttled") },
        settleContext({ views: held.views }),
      ),
    );

    expect(failed.holds).toEqual(held.holds);
  });
});

describe("the views of a pass", () => {
  test("over some keys keep the others; over all keys drop the deleted ones", () => {
    const first = settleAll([keyed(KEY), keyed(OTHER_KEY)]);
    const context = settleContext({ views: first.views });
    const over = (scope: Pass["scope"]): readonly string[] => [
      ...complete(settle(doneOf([keyed(KEY)], passOf(undefined, { scope })), context)).views.keys(),
    ];

    expect(over({ kind: "keys", keys: [KEY] })).toEqual([KEY, OTHER_KEY]);
    expect(over({ kind: "all" })).toEqual([KEY]);
  });

  test("show no plan of a key that was not read", () => {
    const unread = settleAll([{ kind: "unknown", subject: subjectOf(), reason: "off" }]).views.get(KEY);

    expect(unread).toMatchObject({ plan: null, drifts: [], verdict: { kind: "allow" } });
  });
});

describe("orphans", () => {
  const live = (...roles: readonly LiveRole[]): LiveAccount =>
    roles.reduce(withRole, convergedAccount(BINDING));

  test("are roles with our tags that neither Git nor the record knows", () => {
    const untagged = { ...STRAY, name: "foreign", arn: `${STRAY.arn}-foreign` as LiveRole["arn"], tags: [] };

    expect(settleAll([keyed(KEY)], {}, { live: live(STRAY, untagged) }).orphans).toEqual([
      {
        key: null,
        account: "prod",
        arn: STRAY.arn,
        since: new Date(STRAY.createdAtMs).toISOString(),
        reason: "tagged as ours (owner orders/gone), but neither Git nor the record contains it: kept",
      },
    ]);
  });

  test("are not roles that a binding names, even if its record is empty", () => {
    const ofOther = liveRoleOf(OTHER, { tags: STRAY.tags });

    expect(settleAll([keyed(KEY)], {}, { live: live(ofOther) }).orphans).toEqual([]);
  });

  test("include retained roles that left Git, with the reason and the time", () => {
    const record = knownRecord({ unbinding: { atMs: NOW_MS - 1_000, agreedSweepsMs: [] } });
    const withheld = [
      { kind: "waiting", subject: "x", reason: "its deletionPolicy is retain", fix: null },
    ] as const;
    const subject = removedSubject(record);
    const kept = skippedOf(
      { kind: "nothing-due" },
      { subject, plan: planOf([], { purpose: "delete", withheld }) },
    );
    const leaving = skippedOf(
      { kind: "nothing-due" },
      { subject, plan: planOf([actionOf()], { purpose: "delete" }) },
    );

    expect(settleAll([kept]).orphans).toEqual([
      {
        key: KEY,
        account: "prod",
        arn: BINDING.role.arn,
        since: "2026-10-01T11:59:59.000Z",
        reason: "its deletionPolicy is retain",
      },
    ]);
    expect(settleAll([leaving]).orphans).toMatchObject([{ reason: "its deletion is in progress" }]);
  });

  test("are those of the last sweep if this pass was targeted", () => {
    const orphans = [{ key: null, account: "prod", arn: "arn", since: "", reason: "x" }];

    const settled = complete(
      settle(doneOf([keyed(KEY)], passOf(), { swept: false }), settleContext({ orphans })),
    );

    expect(settled.orphans).toBe(orphans);
  });
});

describe("the record of a pass", () => {
  test("omits keys that did not change", () => {
    const [first] = settleAll([keyed(KEY)]).settlement.change.keys ?? [];
    if (first === undefined) throw new Error("nothing was recorded");
    const subject = { kind: "desired", key: KEY, record: first, desired: BINDING } as const;

    expect(settleAll([keyed(KEY, { subject })]).settlement.change.keys).toEqual([]);
  });

  test("of an account that could not be read marks its keys as unread", () => {
    const records = new Map([
      [KEY, knownRecord()],
      [OTHER_KEY, { ...knownRecord(), key: OTHER_KEY, status: null }],
    ]);

    const { settlement } = complete(
      settle(
        { kind: "failed", pass: passOf(undefined, { records }), error: awsError("circuit") },
        settleContext(),
      ),
    );

    expect(settlement.change.keys).toMatchObject([
      { key: KEY, status: { sync: "Unknown", health: "Degraded" } },
    ]);
  });

  test("of a throttled account announces another try", () => {
    const records = new Map([[KEY, knownRecord()]]);

    const { settlement } = complete(
      settle(
        { kind: "failed", pass: passOf(undefined, { records }), error: awsError("throttled") },
        settleContext(),
      ),
    );

    expect(settlement.change.keys?.[0]?.status?.conditions).toMatchObject([
      { type: "Ready", status: "Unknown", reason: "Progressing" },
      { type: "Reconciling" },
    ]);
  });
});
