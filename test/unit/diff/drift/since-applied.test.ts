import { describe, expect, test } from "@jest/globals";
import { recentWrites } from "../../../../src/diff/drift/recent-writes.ts";
import type { DesiredBinding, DesiredRole } from "../../../../src/model/desired.ts";
import { confirmedDrifts, isPendingChange, type Drift } from "../../../../src/model/drift.ts";
import type { KeyRecord, PastWrite } from "../../../../src/model/keys/key-record.ts";
import type { LiveFunction, LiveRole } from "../../../../src/model/live.ts";
import { sha256Hex } from "../../../../src/model/values/digest.ts";
import {
  allow,
  appliedRecord,
  attachment,
  binding,
  caller,
  compiled,
  documentOf,
  NOW_MS,
} from "../../../support/pass/bindings.ts";
import {
  accountWith,
  liveFunctionOf,
  livePolicyOf,
  liveRoleOf,
  presentPolicy,
} from "../../../support/pass/live-state.ts";
import { context, driftsOfBinding } from "../../../support/pass/plans.ts";

const AUDIT = attachment("audit-read");
const OTHER = attachment("other-read");
const [FIRST, SECOND] = [caller("first"), caller("second")];
const WIDER = compiled(allow("s3:GetObject"), allow("sqs:SendMessage"));
const THIRD = documentOf(allow("iam:PassRole"));
/** A read found what was applied, and nothing was written since. */
const SEEN_AS_APPLIED: Partial<KeyRecord> = { asAppliedMs: NOW_MS - 300_000 };
const inline = (text: string): LiveRole["inline"] => [{ name: "grantkeeper", text }];

function writeOf(change: Partial<PastWrite>): PastWrite {
  return {
    key: binding().key,
    atMs: NOW_MS - 100_000,
    call: "iam:PutRolePolicy",
    step: 6,
    target: binding().role.arn,
    beforeHash: null,
    afterHash: null,
    ...change,
  };
}

interface Change {
  /** What was applied last, and what Git declares now. */
  readonly applied?: Partial<DesiredRole>;
  readonly declared?: Partial<DesiredRole>;
  readonly appliedCallers?: DesiredBinding["callers"];
  readonly declaredCallers?: DesiredBinding["callers"];
  /** What AWS has instead of what was applied. */
  readonly role?: Partial<LiveRole>;
  readonly found?: Partial<LiveFunction>;
  readonly record?: Partial<KeyRecord>;
  readonly writes?: readonly PastWrite[];
}

function driftsOf(change: Change): readonly Drift[] {
  const { appliedCallers = [], declaredCallers = appliedCallers } = change;
  const applied = binding(change.applied, { callers: appliedCallers });
  const declared = binding(change.declared ?? change.applied, { callers: declaredCallers });
  const statements = appliedCallers.map(({ statement }) => statement);
  const policies: LiveFunction["policies"] = new Map([["", presentPolicy(...statements)]]);
  const account = accountWith({
    role: liveRoleOf(applied, change.role),
    found: liveFunctionOf(applied, { ...(statements.length > 0 && { policies }), ...change.found }),
    policies: [AUDIT, OTHER].map(({ arn }) => livePolicyOf(arn, [documentOf(allow("s3:GetObject"))])),
  });
  const at = context(account, {
    record: appliedRecord(applied, { ...SEEN_AS_APPLIED, ...change.record }),
    writes: recentWrites(change.writes ?? []),
  });
  return driftsOfBinding(declared, at);
}

const policyWith = (...statements: readonly unknown[]): Partial<LiveFunction> => ({
  policies: new Map([["", presentPolicy(...statements)]]),
});

describe("a change from Git that is not applied yet", () => {
  const cases: readonly (Change & { readonly because: string })[] = [
    { declared: { inline: WIDER }, because: "the inline document" },
    { applied: { inline: WIDER }, declared: {}, because: "an inline document that shrinks" },
    { declared: { attachments: [AUDIT] }, because: "a policy to attach" },
    { applied: { attachments: [AUDIT] }, declared: {}, because: "a policy to detach" },
    { applied: { attachments: [AUDIT] }, declared: { attachments: [OTHER] }, because: "a policy to replace" },
    { declared: { description: "new" }, because: "the description" },
    { declared: { maxSessionSeconds: 7_200 }, because: "the session length" },
    { declared: { tags: [{ key: "team", value: "b" }] }, because: "the tags" },
    { declaredCallers: [FIRST], because: "a caller to add" },
    { appliedCallers: [FIRST], declaredCallers: [], because: "a caller to remove" },
    { appliedCallers: [FIRST], declaredCallers: [SECOND], because: "a caller to replace" },
    {
      declared: { inline: WIDER },
      record: { status: null, openDrifts: {}, driftSinceMs: {} },
      because: "the inline document, after a restart without events",
    },
  ];

  test.each(cases)("is no drift while AWS has what was applied: $because", (change) => {
    const drifts = driftsOf(change);

    expect(drifts.length).toBeGreaterThan(0);
    expect(drifts.filter((drift) => !isPendingChange(drift))).toEqual([]);
    expect(confirmedDrifts(drifts)).toEqual([]);
  });

  const foreign: readonly (Change & { readonly because: string })[] = [
    { declared: { inline: WIDER }, role: { inline: inline(THIRD) }, because: "its inline document" },
    { declared: { inline: WIDER }, role: { inline: [] }, because: "its inline document, which is gone" },
    {
      applied: { attachments: [AUDIT] },
      declared: { attachments: [OTHER] },
      role: { attachments: [] },
      because: "the policy that the revision replaces, which is gone",
    },
    {
      declared: { description: "new" },
      role: { description: "by hand" },
      because: "the description",
    },
    {
      declared: { tags: [{ key: "team", value: "b" }] },
      role: { tags: [{ key: "Team", value: "c" }] },
      because: "the tag, in another case",
    },
    {
      appliedCallers: [FIRST],
      declaredCallers: [SECOND],
      found: policyWith(),
      because: "the caller that the revision replaces, which is gone",
    },
    {
      declaredCallers: [],
      found: policyWith(FIRST.statement),
      because: "a statement of an earlier revision, which is there again",
    },
  ];

  test.each(foreign)("is drift if someone changed the same in AWS: $because", (change) => {
    const drifts = driftsOf(change);

    expect(confirmedDrifts(drifts)).not.toEqual([]);
    expect(drifts.filter(({ cause }) => cause === "revision")).toMatchObject([{ sinceApplied: "changed" }]);
  });

  test("stays pending if someone changed something else, which is drift by itself", () => {
    const hotfix = { name: "hotfix", text: THIRD };
    const drifts = driftsOf({
      declared: { attachments: [AUDIT] },
      role: { inline: [...liveRoleOf(binding()).inline, hotfix] },
    });

    expect(drifts.filter(isPendingChange)).toMatchObject([{ change: { kind: "attachment-missing" } }]);
    expect(confirmedDrifts(drifts)).toMatchObject([
      { change: { kind: "inline-extra", policyName: "hotfix" }, cause: "out-of-band" },
    ]);
  });

  test("is drift if another caller that Git still declares was removed, and only that one is", () => {
    const drifts = driftsOf({
      appliedCallers: [FIRST],
      declaredCallers: [FIRST, SECOND],
      found: policyWith(),
    });

    expect(confirmedDrifts(drifts)).toMatchObject([{ change: { sid: FIRST.sid }, cause: "out-of-band" }]);
    expect(drifts.filter(isPendingChange)).toMatchObject([{ change: { sid: SECOND.sid } }]);
  });

  test("is no drift between two of our writes, and is drift if someone changes what we wrote", () => {
    const written = documentOf(allow("s3:GetObject"), allow("sqs:SendMessage"), allow("sns:Publish"));
    const change = { declared: { inline: WIDER }, writes: [writeOf({ afterHash: sha256Hex(written) })] };

    expect(confirmedDrifts(driftsOf({ ...change, role: { inline: inline(written) } }))).toEqual([]);
    expect(confirmedDrifts(driftsOf({ ...change, role: { inline: inline(THIRD) } }))).toHaveLength(1);
  });

  test("is drift if nothing proves that AWS has what was applied: the applied state is a released one", () => {
    const released = { ...binding(), released: true as const };
    const account = accountWith({ role: liveRoleOf(binding()), found: liveFunctionOf(binding()) });
    const at = context(account, { record: appliedRecord(released) });
    const drifts = driftsOfBinding(binding({ inline: WIDER }), at);

    expect(confirmedDrifts(drifts)).toMatchObject([{ cause: "revision" }]);
    expect(drifts).not.toMatchObject([{ sinceApplied: "unchanged" }]);
  });
});
