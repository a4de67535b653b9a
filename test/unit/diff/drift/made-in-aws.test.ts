import { describe, expect, test } from "@jest/globals";
import { recentWrites } from "../../../../src/diff/drift/recent-writes.ts";
import { declarationDigest } from "../../../../src/diff/drift/declaration-digests.ts";
import { driftFingerprint } from "../../../../src/model/drift.ts";
import { emptyKeyRecord, type KeyRecord } from "../../../../src/model/keys/key-record.ts";
import { digestOf, sha256Hex } from "../../../../src/model/values/digest.ts";
import {
  allow,
  appliedRecord,
  binding,
  compiled,
  documentOf,
  NOW_MS,
} from "../../../support/pass/bindings.ts";
import { accountWith, liveFunctionOf, liveRoleOf, presentPolicy } from "../../../support/pass/live-state.ts";
import { after, seen } from "../../../support/pass/adoption.ts";
import { statusOf } from "../../../support/pass/passes.ts";
import { context, driftsOfBinding, planOfBinding } from "../../../support/pass/plans.ts";

const DESIRED = binding();
const HOTFIX = { name: "hotfix", text: documentOf(allow("sqs:SendMessage")) };
const OTHER = { name: "grantkeeper", text: documentOf(allow("s3:GetObject")) };
const ROLE = { type: "role", id: DESIRED.role.arn, uniqueId: liveRoleOf(DESIRED).roleId } as const;

/** Its role is written, and something else of it is not. */
const PARTLY: KeyRecord = {
  ...emptyKeyRecord(DESIRED.key),
  status: statusOf({ sync: "OutOfSync" }),
  comparedSinceMs: NOW_MS - 9_000,
  inventory: [ROLE],
  roleKnownSinceMs: NOW_MS - 9_000,
  partlyApplied: { declaration: declarationDigest(DESIRED), isAllowed: true },
};

const ADDED = accountWith({
  role: liveRoleOf(DESIRED, { inline: [...liveRoleOf(DESIRED).inline, HOTFIX] }),
  found: liveFunctionOf(DESIRED),
});
const CHANGED = accountWith({
  role: liveRoleOf(DESIRED, { inline: [OTHER] }),
  found: liveFunctionOf(DESIRED),
});

function causesOf(live: typeof ADDED, record: KeyRecord, writes = recentWrites([])): readonly string[] {
  return driftsOfBinding(DESIRED, context(live, { record, writes })).map(({ cause }) => cause);
}

/** @param of what Git declared in the place of the difference */
function withOpen(live: typeof ADDED, change: Partial<KeyRecord> = {}, of?: string | null): KeyRecord {
  const [drift] = driftsOfBinding(DESIRED, context(live));
  if (drift === undefined) throw new Error("no drift");
  const declared = of === undefined ? drift.desired : of;
  const fingerprint = driftFingerprint(drift);
  const open = { lastCleanMs: null, risks: [] };
  return {
    ...PARTLY,
    driftSinceMs: { [fingerprint]: NOW_MS - 5_000 },
    openDrifts: { [fingerprint]: { ...open, madeInAws: digestOf(declared) } },
    ...change,
  };
}

const PUBLIC = {
  Sid: "open",
  Effect: "Allow",
  Principal: "*",
  Action: "lambda:InvokeFunction",
  Resource: DESIRED.functionArn,
};

function openedOn(qualifier: string): typeof ADDED {
  const policies = new Map([
    [
      qualifier,
      presentPolicy({
        ...PUBLIC,
        Resource: qualifier === "" ? PUBLIC.Resource : `${PUBLIC.Resource}:${qualifier}`,
      }),
    ],
  ]);
  return accountWith({ role: liveRoleOf(DESIRED), found: liveFunctionOf(DESIRED, { policies }) });
}

/** The last read had the function, on this role. */
const seenOn = (latestArn: string | null): KeyRecord => ({
  ...PARTLY,
  adoption: { ...after([0, seen()]).record, latestArn },
});
const OTHER_ROLE = `${DESIRED.role.arn}-other` as typeof DESIRED.role.arn;
const ELSEWHERE = accountWith({
  role: liveRoleOf(DESIRED),
  found: liveFunctionOf(DESIRED, { roleArn: OTHER_ROLE }),
});

describe("a difference of a function whose binding is applied only partly", () => {
  test.each([
    {
      live: openedOn(""),
      record: seenOn(OTHER_ROLE),
      cause: "out-of-band",
      because: "the last read had the function without the statement",
    },
    { live: openedOn(""), record: seenOn(null), cause: "initial", because: "the function did not exist" },
    { live: openedOn(""), record: PARTLY, cause: "initial", because: "no read of the function is recorded" },
    {
      live: openedOn(""),
      record: { ...seenOn(OTHER_ROLE), status: statusOf({ sync: "Unknown" }) },
      cause: "initial",
      because: "its policy was not read",
    },
    {
      live: openedOn("prod"),
      record: seenOn(OTHER_ROLE),
      cause: "initial",
      because: "the policy of the alias may not have been read",
    },
    {
      live: ELSEWHERE,
      record: seenOn(DESIRED.role.arn),
      cause: "out-of-band",
      because: "the function ran on the declared role",
    },
    {
      live: ELSEWHERE,
      record: seenOn(OTHER_ROLE),
      cause: "initial",
      because: "the function has not run on the declared role yet",
    },
  ] as const)("has the cause $cause if $because", ({ live, record, cause }) => {
    expect(causesOf(live, record)).toEqual([cause]);
  });
});

describe("a difference of a role whose binding is applied only partly", () => {
  test.each([
    { live: ADDED, record: PARTLY, cause: "out-of-band", because: "the last read was without the policy" },
    { live: CHANGED, record: PARTLY, cause: "out-of-band", because: "the last read had the declared policy" },
    {
      live: CHANGED,
      record: {
        ...appliedRecord(binding({ inline: compiled(allow("kms:Decrypt")) })),
        ...PARTLY,
        applied: appliedRecord(binding({ inline: compiled(allow("kms:Decrypt")) })).applied,
      },
      cause: "out-of-band",
      because: "the last read had the policy of the new revision, which is not applied completely",
    },
    { live: ADDED, record: withOpen(ADDED), cause: "out-of-band", because: "it was found before" },
    {
      live: ADDED,
      record: withOpen(ADDED, {
        partlyApplied: { declaration: declarationDigest(binding({ path: "/x/" })), isAllowed: true },
      }),
      cause: "out-of-band",
      because: "it was found before, and Git declares no such policy since either",
    },
    {
      live: CHANGED,
      record: withOpen(CHANGED, {
        partlyApplied: { declaration: declarationDigest(binding({ path: "/x/" })), isAllowed: true },
      }),
      cause: "out-of-band",
      because: "it was found before, and Git declares the same in its place since",
    },
    {
      live: CHANGED,
      record: withOpen(CHANGED, {}, documentOf(allow("kms:Decrypt"))),
      cause: "initial",
      because: "Git declares something else in its place since",
    },
    {
      live: ADDED,
      record: { ...withOpen(ADDED), openDrifts: {} },
      cause: "initial",
      because: "it existed at the first comparison",
    },
    {
      live: ADDED,
      record: {
        ...PARTLY,
        partlyApplied: { declaration: declarationDigest(binding({ path: "/x/" })), isAllowed: true },
      },
      cause: "initial",
      because: "Git changed with it",
    },
    {
      live: ADDED,
      record: { ...PARTLY, inventory: [] },
      cause: "initial",
      because: "no role of ours was read",
    },
    {
      live: CHANGED,
      record: { ...PARTLY, partlyApplied: { declaration: declarationDigest(DESIRED), isAllowed: false } },
      cause: "initial",
      because: "no verdict allowed to write the policy, so that to restore it is no revert",
    },
    {
      live: ADDED,
      record: { ...PARTLY, partlyApplied: { declaration: declarationDigest(DESIRED), isAllowed: false } },
      cause: "out-of-band",
      because: "its removal needs no approval",
    },
  ] as const)("has the cause $cause if $because", ({ live, record, cause }) => {
    expect(causesOf(live, record)).toEqual([cause]);
  });

  test("has no author in AWS if it is what we wrote ourselves", () => {
    const write = {
      key: DESIRED.key,
      atMs: NOW_MS - 120_000,
      call: "iam:PutRolePolicy",
      step: 4,
      target: DESIRED.role.arn,
      beforeHash: null,
      afterHash: sha256Hex(OTHER.text),
    } as const;

    expect(causesOf(CHANGED, PARTLY, recentWrites([write]))).toEqual(["initial"]);
  });

  test("is removed after the grace period", () => {
    const account = { ...context(ADDED).account, revertOtherMs: 60_000 };
    const plan = planOfBinding(DESIRED, context(ADDED, { record: PARTLY, account }));

    expect(plan.actions).toMatchObject([
      { call: "iam:DeleteRolePolicy", cause: "out-of-band", due: { kind: "at" } },
    ]);
  });
});
