import { describe, expect, test } from "@jest/globals";
import { recentWrites } from "../../../../src/diff/drift/recent-writes.ts";
import type { DesiredBinding } from "../../../../src/model/desired.ts";
import {
  confirmedDrifts,
  driftFingerprint,
  driftRisks,
  isChangedInAws,
  type Drift,
} from "../../../../src/model/drift.ts";
import type { KeyRecord, PastWrite } from "../../../../src/model/keys/key-record.ts";
import type { LiveFunction, LiveRole } from "../../../../src/model/live.ts";
import { sha256Hex } from "../../../../src/model/values/digest.ts";
import { planState } from "../../../../src/judge/plan-subject.ts";
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
import { withRole } from "../../../support/pass/apply.ts";
import { context, driftsOfBinding } from "../../../support/pass/plans.ts";

const [FIRST, SECOND] = [caller("first"), caller("second")];
const AUDIT = attachment("audit-read");
const APPLIED = binding();
const WIDER = binding({ inline: compiled(allow("s3:GetObject"), allow("sqs:SendMessage")) });
const EARLIER = documentOf(allow("s3:GetObject"), allow("sns:Publish"));
const APPLIED_TEXT = documentOf(allow("s3:GetObject"));
const RENAMED = binding({
  name: "renamed",
  arn: APPLIED.role.arn.replace(/[^/]+$/, "renamed") as LiveRole["arn"],
});
const PASS_ROLE = documentOf(allow("iam:PassRole"));
const SEEN_AS_APPLIED = { asAppliedMs: NOW_MS - 300_000 };

const inline = (text: string): Partial<LiveRole> => ({ inline: [{ name: "grantkeeper", text }] });

function put(text: string, agoMs: number): PastWrite {
  return {
    key: APPLIED.key,
    atMs: NOW_MS - agoMs,
    call: "iam:PutRolePolicy",
    step: 6,
    target: APPLIED.role.arn,
    beforeHash: null,
    afterHash: sha256Hex(text),
  };
}

function deleted(text: string, agoMs: number): PastWrite {
  const write = put(text, agoMs);
  return { ...write, call: "iam:DeleteRolePolicy", beforeHash: write.afterHash, afterHash: null };
}

interface Scene {
  readonly applied?: DesiredBinding;
  readonly declared: DesiredBinding;
  readonly role?: Partial<LiveRole>;
  readonly found?: Partial<LiveFunction>;
  readonly record?: Partial<KeyRecord>;
  readonly writes?: readonly PastWrite[];
}

function contextOf({ applied = APPLIED, role, found, record, writes = [] }: Omit<Scene, "declared">) {
  const account = accountWith({
    role: liveRoleOf(applied, role),
    found: liveFunctionOf(applied, found),
    policies: [livePolicyOf(AUDIT.arn, [APPLIED_TEXT])],
  });
  return context(account, { record: appliedRecord(applied, record), writes: recentWrites(writes) });
}

const driftsOf = (scene: Scene): readonly Drift[] => driftsOfBinding(scene.declared, contextOf(scene));

describe("a change from Git where AWS has something else than what was applied", () => {
  const ours: readonly (Scene & { readonly because: string })[] = [
    {
      declared: WIDER,
      role: inline(EARLIER),
      because: "an earlier revision was applied partly, and its writes are no longer in the journal",
    },
    {
      declared: WIDER,
      role: inline(EARLIER),
      record: SEEN_AS_APPLIED,
      writes: [put(PASS_ROLE, 100_000)],
      because: "something else was written since AWS was seen as it was applied",
    },
    {
      applied: binding({}, { callers: [FIRST] }),
      declared: binding({}, { callers: [SECOND] }),
      found: { policies: new Map([["", presentPolicy()]]) },
      because: "the caller was perhaps removed by our own call",
    },
    {
      declared: WIDER,
      role: { inline: [] },
      writes: [deleted(PASS_ROLE, 100_000)],
      because: "our last call on the role deleted another policy",
    },
    {
      declared: WIDER,
      role: inline(EARLIER),
      writes: [put(EARLIER, 200_000), put(APPLIED_TEXT, 100_000)],
      because: "an earlier write of ours had it, and a later one had not",
    },
  ];

  test.each(ours)("is shown as a change of the revision, and no one is accused: $because", (scene) => {
    const drifts = driftsOf(scene);

    expect(confirmedDrifts(drifts)).toMatchObject([{ cause: "revision" }]);
    expect(drifts.filter(isChangedInAws)).toEqual([]);
  });

  const theirs: readonly (Scene & { readonly because: string })[] = [
    {
      declared: WIDER,
      role: { inline: [] },
      record: SEEN_AS_APPLIED,
      writes: [deleted(PASS_ROLE, 400_000)],
      because: "the own policy is gone, and we deleted only another one before",
    },
    {
      declared: WIDER,
      role: inline(EARLIER),
      record: SEEN_AS_APPLIED,
      writes: [put(EARLIER, 400_000)],
      because: "someone restored what we wrote before AWS was seen as it was applied",
    },
  ];

  test.each(theirs)("was changed in AWS: $because", (scene) => {
    expect(driftsOf(scene)).toMatchObject([{ cause: "revision", sinceApplied: "changed" }]);
  });

  test("waits if our own writes led to it: a document, and then the removal of another policy", () => {
    const writes = [put(EARLIER, 200_000), deleted(PASS_ROLE, 100_000)];

    expect(driftsOf({ declared: WIDER, role: inline(EARLIER), writes })).toMatchObject([
      { sinceApplied: "unchanged" },
    ]);
  });

  test("stays changed in AWS if an earlier pass proved it and then failed to write", () => {
    const scene = { declared: WIDER, role: inline(PASS_ROLE) };
    const [found] = driftsOf({ ...scene, record: SEEN_AS_APPLIED });
    const open = { lastCleanMs: null, risks: [], sinceApplied: "changed" as const };
    const openDrifts = { [driftFingerprint(found as Drift)]: open };

    expect(driftsOf({ ...scene, record: { openDrifts } })).toMatchObject([{ sinceApplied: "changed" }]);
    expect(driftsOf({ declared: WIDER, role: inline(EARLIER), record: { openDrifts } })).not.toMatchObject([
      { sinceApplied: "changed" },
    ]);
  });

  test("has the danger of what AWS has compared with the applied state, and none of what Git revokes", () => {
    const wide = binding({ inline: compiled(allow("*")) });
    const changed = driftsOf({
      declared: WIDER,
      role: inline(documentOf(allow("*"))),
      record: SEEN_AS_APPLIED,
    });
    const revoked = driftsOf({ applied: wide, declared: WIDER, record: SEEN_AS_APPLIED });

    expect(changed.flatMap(driftRisks)).toContain("escalation");
    expect(revoked.flatMap(driftRisks)).toEqual([]);
  });
});

describe("an object that only the applied state has", () => {
  const released: DesiredBinding = { ...APPLIED, released: true };
  const elsewhere: readonly (Scene & { readonly because: string })[] = [
    { declared: RENAMED, because: "Git names another role" },
    { declared: released, because: "Git releases the binding" },
  ];

  test.each(elsewhere)("has its changes as drift, each by itself: $because", (scene) => {
    const record = SEEN_AS_APPLIED;
    const harmless = driftsOf({ ...scene, role: { description: "by hand" }, record });
    const evil = driftsOf({ ...scene, role: { description: "by hand", ...inline(PASS_ROLE) }, record });
    const before = new Set(harmless.map(driftFingerprint));
    const added = evil.filter((drift) => !before.has(driftFingerprint(drift)));

    expect(driftsOf({ ...scene, record }).filter(isChangedInAws)).toEqual([]);
    expect(harmless.filter(isChangedInAws)).toMatchObject([
      { change: { kind: "description" }, cause: "out-of-band", comparedWith: "applied" },
    ]);
    expect(added).toMatchObject([{ change: { kind: "inline" }, subject: APPLIED.role.arn }]);
    expect(added.flatMap(driftRisks)).toEqual(["escalation"]);
  });

  test.each(elsewhere)("has none as long as the change may be our own: $because", (scene) => {
    expect(driftsOf({ ...scene, role: inline(EARLIER) }).filter(isChangedInAws)).toEqual([]);
  });

  test("is changed by no plan for the declared state", () => {
    const planWith = (role: Partial<LiveRole>) => {
      const at = contextOf({ role, record: SEEN_AS_APPLIED });
      const planned = planState(RENAMED, { ...at, live: withRole(at.live, liveRoleOf(RENAMED)) });
      return planned.kind === "planned" ? planned.plan : null;
    };
    const extra = { name: "added", text: PASS_ROLE };

    expect(planWith({})).not.toBeNull();
    expect(planWith({ inline: [...liveRoleOf(APPLIED).inline, extra] })).toEqual(planWith({}));
  });

  test("proves nothing if it was not read completely", () => {
    const other = { ...APPLIED, functionName: "other" } as DesiredBinding;
    const unread = { policies: new Map([["", { kind: "unknown", reason: "throttled" } as const]]) };
    const scene = { applied: APPLIED, declared: { ...other, role: WIDER.role }, record: SEEN_AS_APPLIED };

    expect(driftsOf(scene)).toContainEqual(expect.objectContaining({ sinceApplied: "unchanged" }));
    expect(
      driftsOf({ ...scene, found: unread }).filter(({ sinceApplied }) => sinceApplied !== undefined),
    ).toEqual([]);
  });

  test("has no drift where AWS may still show the value from before our own restore", () => {
    const applied = binding({}, { callers: [FIRST] });
    const restored: PastWrite = {
      ...put(JSON.stringify(FIRST.statement), 10_000),
      call: "lambda:AddPermission",
      target: APPLIED.functionArn,
    };
    const [missing] = driftsOfBinding(
      applied,
      contextOf({ applied, found: { policies: new Map([["", presentPolicy()]]) } }),
    );
    const write = { ...restored, afterHash: sha256Hex(missing?.desired ?? "") };
    const drifts = driftsOf({
      applied,
      declared: binding({}, { callers: [SECOND] }),
      found: { policies: new Map([["", presentPolicy()]]) },
      writes: [write],
    });

    expect(drifts).toMatchObject([{ sinceApplied: "unchanged" }]);
  });

  test("has no drift in a new version of a policy of AWS, which no one changed in the account", () => {
    const arn = "arn:aws:iam::aws:policy/ReadOnlyAccess" as LiveRole["arn"];
    const applied = binding({ attachments: [{ ...AUDIT, arn, policy: null }] });
    const account = accountWith({
      role: liveRoleOf(applied),
      found: liveFunctionOf(applied),
      awsManaged: { [arn]: APPLIED_TEXT },
    });
    const record = appliedRecord(applied, { ...SEEN_AS_APPLIED, upstreamVersions: { [arn]: "v0" } });
    const at = context(account, { record });

    expect(driftsOfBinding(applied, at)).toMatchObject([{ cause: "upstream" }]);
    expect(driftsOfBinding(RENAMED, at).filter(({ comparedWith }) => comparedWith !== undefined)).toEqual([]);
  });
});
