import { describe, expect, test } from "@jest/globals";
import { recentWrites } from "../../../src/diff/drift/recent-writes.ts";
import { firstClaimOf } from "../../../src/judge/first-claim.ts";
import type { Subject } from "../../../src/judge/subject.ts";
import type { Arn } from "../../../src/model/aws/arn.ts";
import { emptyKeyRecord, type KeyRecord } from "../../../src/model/keys/key-record.ts";
import type { LiveAccount, LiveFunction } from "../../../src/model/live.ts";
import {
  appliedRecord,
  binding,
  caller,
  compiled,
  INSTANCE,
  policy,
  REGION,
} from "../../support/pass/bindings.ts";
import {
  accountWith,
  emptyAccount,
  liveFunctionOf,
  liveRoleOf,
  presentPolicy,
} from "../../support/pass/live-state.ts";
import { passOf } from "../../support/pass/passes.ts";

const BINDING = binding();
const NEW = emptyKeyRecord(BINDING.key);
const FOREIGN = "arn:aws:iam::111122223333:role/theirs" as Arn;
const ON_THEIRS = { roleArn: FOREIGN };
const CALLED = { policies: new Map([["", presentPolicy(caller("uploads").statement)]]) };
const ROOT = "arn:aws:iam::999999999999:root";

const statementFor = (principal: unknown, element = "Principal"): object => ({
  Effect: "Allow",
  [element]: principal,
  Action: "lambda:InvokeFunction",
  Resource: BINDING.functionArn,
});

function claimOf(live: LiveAccount, record: KeyRecord = NEW, state = BINDING): string | null {
  return firstClaimOf({ kind: "desired", key: state.key, record, desired: state }, contextOf(live));
}

function contextOf(live: LiveAccount) {
  const { history } = passOf();
  return { live, writes: recentWrites([]), instance: INSTANCE, history };
}

const found = (change: Partial<LiveFunction>): LiveAccount =>
  accountWith({ found: liveFunctionOf(BINDING, change) });
const ownRole = liveRoleOf(BINDING);
const withRole = (role: typeof ownRole): LiveAccount =>
  accountWith({ role, found: liveFunctionOf(BINDING, CALLED) });

describe("a function that the binding never had is a first claim", () => {
  test.each<{ live: LiveAccount; uses: string; because: string }>([
    { live: found(ON_THEIRS), uses: `runs on ${FOREIGN}`, because: "it runs on another role" },
    {
      live: found(CALLED),
      uses: "has callers (s3.amazonaws.com)",
      because: "it has a caller, and names the declared role, which does not exist",
    },
    {
      live: found({ ...ON_THEIRS, ...CALLED }),
      uses: `runs on ${FOREIGN} and has callers (s3.amazonaws.com)`,
      because: "both are so",
    },
    {
      live: withRole({ ...ownRole, tags: [] }),
      uses: `runs on ${ownRole.arn} (role orders-api-eu-west-1 has no ownership tags) and has callers (s3.amazonaws.com)`,
      because: "the role of that name belongs to no one that we know",
    },
    {
      live: found({
        policies: new Map([
          ["", presentPolicy(statementFor("*"), statementFor({ AWS: ROOT }, "NotPrincipal"))],
          ["live", presentPolicy(statementFor({ Service: "sns.amazonaws.com" }), { Effect: "Allow" })],
        ]),
      }),
      uses: `has callers (a statement that cannot be read, anyone, anyone but ${ROOT} and 1 more)`,
      because: "callers of aliases and statements that cannot be read count, and only some are named",
    },
  ])("because $because", ({ live, uses }) => {
    expect(claimOf(live)).toBe(`first claim of function orders-api, which ${uses}`);
  });

  test("although an earlier state of the binding had another function, and objects in AWS", () => {
    const other = appliedRecord(binding({}, { functionName: "mine" }));

    expect(claimOf(found(ON_THEIRS), other)).toContain("first claim of function orders-api");
    expect(claimOf(found(ON_THEIRS), { ...other, applied: null, claimedFunction: "mine" })).not.toBeNull();
    // Nothing was to be written for it, so that nothing of it was held.
    expect(claimOf(found(ON_THEIRS), { ...appliedRecord(BINDING), claimedFunction: "mine" })).not.toBeNull();
  });

  test("although the role that the record knows was recreated", () => {
    const known = { ...NEW, inventory: [{ type: "role", id: ownRole.arn, uniqueId: "AROAOTHER" }] as const };

    expect(claimOf(withRole(ownRole), known)).toContain("(the role was recreated)");
  });
});

describe("there is no first claim", () => {
  const unread = { kind: "failed", reason: "throttled" } as const;

  test.each<{ live: LiveAccount; record?: KeyRecord; because: string }>([
    { live: emptyAccount(), because: "the function does not exist yet" },
    {
      live: emptyAccount({ regions: new Map([[REGION, unread]]) }),
      because: "the function was not read, so that nothing of it is written",
    },
    { live: found({}), because: "the function has no caller, and names the declared role" },
    {
      live: found({ policies: new Map([["", { kind: "unknown", reason: "throttled" }]]) }),
      because: "its policy was not read, so that nothing of it is written",
    },
    { live: withRole(ownRole), because: "it runs on the role of this binding, by its owner tag" },
    {
      live: withRole({ ...ownRole, tags: [] }),
      record: appliedRecord(BINDING),
      because: "it was applied, and only the tags of its role are lost",
    },
    { live: found(ON_THEIRS), record: appliedRecord(BINDING), because: "it was applied before" },
    {
      live: found(ON_THEIRS),
      record: { ...NEW, claimedFunction: "orders-api" },
      because: "a part of an approved plan was written before",
    },
  ])("if $because", ({ live, record }) => {
    expect(claimOf(live, record)).toBeNull();
  });

  test.each<{ subject: Subject; because: string }>([
    {
      subject: { kind: "desired", key: NEW.key, record: NEW, desired: policy(compiled()) },
      because: "a ManagedPolicy has no function",
    },
    { subject: { kind: "removed", key: NEW.key, record: NEW }, because: "the binding left Git" },
  ])("because $because", ({ subject }) => {
    expect(firstClaimOf(subject, contextOf(found(ON_THEIRS)))).toBeNull();
  });

  test("without a record, which alone knows what was applied", () => {
    const subject: Subject = { kind: "desired", key: NEW.key, record: NEW, desired: BINDING };

    expect(firstClaimOf(subject, { ...contextOf(found(ON_THEIRS)), history: null })).toBeNull();
  });
});
