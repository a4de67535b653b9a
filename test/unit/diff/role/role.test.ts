import { recentWrites } from "../../../../src/diff/drift/recent-writes.ts";
import { describe, expect, test } from "@jest/globals";
import { diffBinding } from "../../../../src/diff/binding.ts";
import type { DesiredRole } from "../../../../src/model/desired.ts";
import type { Drift, DriftChange } from "../../../../src/model/drift.ts";
import { sha256Hex } from "../../../../src/model/values/digest.ts";
import type { PastWrite } from "../../../../src/model/keys/key-record.ts";
import type { LiveRole } from "../../../../src/model/live.ts";
import {
  accountWith,
  allow,
  appliedRecord,
  attachment,
  awsAttachment,
  binding,
  BOUNDARY,
  compiled,
  context,
  deny,
  documentOf,
  driftsOfBinding,
  emptyAccount,
  liveFunctionOf,
  livePolicyOf,
  liveRoleOf,
  NOW_MS,
  ORDERS_READ,
  OTHER_BOUNDARY,
} from "../../../support/pass/bindings.ts";

const AUDIT = attachment("audit-read");
const ADMIN = awsAttachment("AdministratorAccess");
const EVERYTHING = documentOf(allow("*"));

/** The drift of a role that was applied from Git and differs from it by `live`. */
function driftsWith(
  live: Partial<LiveRole>,
  ofRole: Partial<DesiredRole> = {},
  applied: Partial<DesiredRole> = ofRole,
): readonly Drift[] {
  const desired = binding(ofRole);
  const account = accountWith({
    role: liveRoleOf(desired, live),
    found: liveFunctionOf(desired),
    policies: [livePolicyOf(AUDIT.arn, [documentOf(allow("s3:GetObject"))])],
    awsManaged: { [ADMIN.arn]: EVERYTHING },
  });
  return driftsOfBinding(desired, context(account, { record: appliedRecord(binding(applied)) }));
}

function changes(drifts: readonly Drift[]): readonly DriftChange[] {
  return drifts.map((drift) => drift.change);
}

describe("drift of the fields of a role", () => {
  test.each<{ live: Partial<LiveRole>; git?: Partial<DesiredRole>; change: DriftChange; because: string }>([
    {
      live: { trust: documentOf({ Effect: "Allow" }) },
      change: { kind: "trust" },
      because: "the trust policy is not a trust policy",
    },
    { live: { boundary: null }, change: { kind: "boundary" }, because: "the boundary is missing" },
    {
      live: { boundary: OTHER_BOUNDARY },
      change: { kind: "boundary" },
      because: "the boundary is another one",
    },
    { live: { inline: [] }, change: { kind: "inline" }, because: "the inline policy is missing" },
    {
      live: { inline: [{ name: "grantkeeper", text: EVERYTHING }] },
      change: { kind: "inline" },
      because: "the inline policy has other permissions",
    },
    {
      live: {},
      git: { inline: compiled() },
      change: { kind: "inline" },
      because: "Git grants nothing and the inline policy still exists",
    },
    {
      live: { attachments: [] },
      git: { attachments: [AUDIT] },
      change: { kind: "attachment-missing", arn: AUDIT.arn },
      because: "an attachment is missing",
    },
    {
      live: { attachments: [ADMIN.arn] },
      change: { kind: "attachment-extra", arn: ADMIN.arn },
      because: "Git has no attachment and AWS has one",
    },
    { live: { description: "x" }, change: { kind: "description" }, because: "the description differs" },
    {
      live: { maxSessionSeconds: 7200 },
      change: { kind: "max-session-duration" },
      because: "the session is longer",
    },
    { live: { path: "/grantkeeper/old/" }, change: { kind: "role-path" }, because: "the path differs" },
  ])("$because", ({ live, git, change }) => {
    const applied = git ?? {};
    const account = {
      ...live,
      ...(git?.inline !== undefined && { inline: [{ name: "grantkeeper", text: EVERYTHING }] }),
    };

    expect(changes(driftsWith(account, git, applied))).toEqual([change]);
  });

  test("includes an additional inline policy even if Git declares none", () => {
    const extra = { name: "hotfix", text: documentOf(allow("sqs:SendMessage")) };
    const own = liveRoleOf(binding()).inline;

    const drifts = driftsWith({ inline: [...own, extra] });

    expect(drifts).toMatchObject([
      {
        change: { kind: "inline-extra", policyName: "hotfix" },
        tier: "security",
        cause: "out-of-band",
        live: extra.text,
        delta: { allowed: [{ action: "sqs:SendMessage" }], noLongerAllowed: [] },
      },
    ]);
  });

  test("shows an additional attachment with the permissions that it adds", () => {
    const [drift] = driftsWith({ attachments: [ADMIN.arn] });

    expect(drift?.delta.allowed).toMatchObject([
      { action: "*", resource: "*", risk: "escalation", from: ADMIN.arn },
    ]);
  });

  test("does not include a boundary that Git does not declare", () => {
    const drifts = driftsWith({ boundary: BOUNDARY }, { boundary: null });

    expect(drifts).toEqual([]);
  });
});

describe("a difference without drift", () => {
  const statements = [allow(["s3:GetObject", "s3:PutObject"], "*", "A"), ORDERS_READ];
  test.each([
    {
      text: documentOf(ORDERS_READ, allow(["s3:PutObject", "s3:GetObject"], "*", "A")),
      because: "another order",
    },
    {
      text: documentOf(allow(["S3:putobject", "s3:GetObject"], "*", "A"), ORDERS_READ),
      because: "another case of an action",
    },
    { text: JSON.stringify(JSON.parse(documentOf(...statements)), null, 2), because: "other white space" },
  ])("is an inline document with $because", ({ text }) => {
    const drifts = driftsWith(
      { inline: [{ name: "grantkeeper", text }] },
      { inline: compiled(...statements) },
    );

    expect(drifts).toEqual([]);
  });

  test("is a document with the same meaning, which is not written", () => {
    const condition = (operator: string) => ({
      ...ORDERS_READ,
      Condition: { [operator]: { "aws:SourceArn": "arn:aws:s3:::a" } },
    });
    const drifts = driftsWith(
      { inline: [{ name: "grantkeeper", text: documentOf(condition("ArnEquals")) }] },
      { inline: compiled(condition("ArnLike")) },
    );

    expect(drifts).toEqual([]);
  });

  test("is not a renamed Sid, which is metadata without a changed permission", () => {
    const drifts = driftsWith(
      { inline: [{ name: "grantkeeper", text: documentOf({ ...ORDERS_READ, Sid: "Other" }) }] },
      { inline: compiled({ ...ORDERS_READ, Sid: "Mine" }) },
    );

    expect(drifts).toMatchObject([{ change: { kind: "inline" }, tier: "metadata", delta: { allowed: [] } }]);
  });

  test("is a `+`, a `%` or a letter beyond ASCII that IAM keeps", () => {
    const odd = allow("s3:GetObject", "arn:aws:s3:::b/a+b%20ü");
    const drifts = driftsWith({}, { inline: compiled(odd) });

    expect(drifts).toEqual([]);
  });
});

describe("drift of tags", () => {
  const tags = (...more: readonly { key: string; value: string }[]) =>
    [...binding().role.tags, ...more].sort((a, b) => (a.key < b.key ? -1 : 1));
  const team = { key: "team", value: "orders" };

  test.each([
    { live: tags(), git: tags(team), kinds: ["tag-missing"], because: "a declared tag is missing" },
    {
      live: tags({ ...team, value: "x" }),
      git: tags(team),
      kinds: ["tag-different"],
      because: "a declared tag has another value",
    },
    {
      live: tags(team),
      git: tags(),
      kinds: ["tag-extra"],
      because: "a tag exists that Git does not declare",
    },
    {
      live: tags({ ...team, key: "Team" }),
      git: tags(team),
      kinds: [],
      because: "role tag keys ignore case",
    },
    {
      live: [],
      git: tags(),
      kinds: ["ownership-tag", "ownership-tag"],
      because: "the ownership tags are missing",
    },
  ])("$because", ({ live, git, kinds }) => {
    const drifts = driftsWith({ tags: live }, { tags: git });

    expect(drifts.map((drift) => drift.change.kind)).toEqual(kinds);
  });

  test("lists the role's rows that read them, whose effect is unknown", () => {
    const when = { StringEquals: { "aws:PrincipalTag/TEAM": "orders" } };
    const read = documentOf({ ...allow("s3:GetObject"), Condition: when });
    const inline = [{ name: "hotfix", text: read }];

    const drifts = driftsWith({ tags: tags(team), inline }, { tags: tags() });

    expect(drifts.find((drift) => drift.change.kind === "tag-extra")?.delta).toMatchObject({
      allowed: [],
      noLongerAllowed: [],
      unknownEffect: [
        { kind: "role-tag", tag: "team", row: { action: "s3:GetObject", from: "inline hotfix" } },
      ],
    });
  });
});

describe("the cause of drift", () => {
  const live = { inline: [{ name: "grantkeeper", text: EVERYTHING }] };

  test('is "initial" before anything was applied', () => {
    const desired = binding();
    const account = accountWith({ role: liveRoleOf(desired, live), found: liveFunctionOf(desired) });

    expect(driftsOfBinding(desired, context(account))).toMatchObject([{ cause: "initial" }]);
  });

  test('is "out-of-band" if Git is unchanged', () => {
    expect(driftsWith(live)).toMatchObject([{ cause: "out-of-band" }]);
  });

  test('is "revision" if Git changed', () => {
    const drifts = driftsWith(live, {}, { inline: compiled(allow("*")) });

    expect(drifts).toMatchObject([{ cause: "revision" }]);
  });

  test('is "revision" for the inline document too while Git changes the attachments', () => {
    const between = [{ name: "grantkeeper", text: documentOf(ORDERS_READ, deny("s3:*")) }];
    const drifts = driftsWith({ inline: between, attachments: [] }, { attachments: [AUDIT] }, {});

    expect(drifts).toMatchObject([
      { change: { kind: "attachment-missing" }, cause: "revision" },
      { change: { kind: "inline" }, cause: "revision" },
    ]);
  });

  test('is "upstream" if AWS\'s own policy has a new default version', () => {
    const desired = binding({ attachments: [ADMIN] });
    const account = accountWith({
      role: liveRoleOf(desired),
      found: liveFunctionOf(desired),
      awsManaged: { [ADMIN.arn]: EVERYTHING },
    });
    const at = context(account, {
      record: { ...appliedRecord(desired), upstreamVersions: { [ADMIN.arn]: "v0" } },
    });

    expect(driftsOfBinding(desired, at)).toMatchObject([
      { change: { kind: "upstream-changed", arn: ADMIN.arn, versionId: "v1" }, cause: "upstream" },
    ]);
  });
});

describe("a stale read after our own write", () => {
  const desired = binding();
  const before = documentOf(allow("s3:ListBucket"));
  const account = accountWith({
    role: liveRoleOf(desired, { inline: [{ name: "grantkeeper", text: before }] }),
    found: liveFunctionOf(desired),
  });
  const write: PastWrite = {
    key: desired.key,
    atMs: NOW_MS - 1_000,
    call: "iam:PutRolePolicy",
    step: 6,
    target: desired.role.arn,
    beforeHash: sha256Hex(before),
    afterHash: null,
  };

  test.each([
    { writes: [write], certainty: "pending", because: "live shows the value from before our write" },
    {
      writes: [{ ...write, beforeHash: sha256Hex("x") }],
      certainty: "confirmed",
      because: "live shows a third value",
    },
    {
      writes: [{ ...write, atMs: NOW_MS - 60_000 }],
      certainty: "confirmed",
      because: "the write was a minute ago",
    },
    {
      writes: [{ ...write, target: "arn:other" }],
      certainty: "confirmed",
      because: "the write was to another role",
    },
    {
      writes: [{ ...write, call: "iam:TagRole" as const }],
      certainty: "confirmed",
      because: "the write was another call",
    },
    { writes: [], certainty: "confirmed", because: "there was no write" },
  ])("makes a difference $certainty if $because", ({ writes, certainty }) => {
    expect(driftsOfBinding(desired, context(account, { writes: recentWrites(writes) }))).toMatchObject([
      { certainty },
    ]);
  });

  test.each([
    { afterHash: sha256Hex(AUDIT.arn), certainty: "pending", because: "we attached this policy" },
    { afterHash: sha256Hex(ADMIN.arn), certainty: "confirmed", because: "we attached another policy" },
    { afterHash: undefined, certainty: "confirmed", because: "it is not known which policy we attached" },
  ])("makes a missing attachment $certainty if $because", ({ afterHash, certainty }) => {
    const attached = binding({ attachments: [AUDIT] });
    const live = accountWith({
      role: liveRoleOf(attached, { attachments: [] }),
      found: liveFunctionOf(attached),
    });
    const attach: PastWrite = { ...write, call: "iam:AttachRolePolicy", beforeHash: null, afterHash: null };
    const writes = [afterHash === undefined ? attach : { ...attach, afterHash }];

    expect(driftsOfBinding(attached, context(live, { writes: recentWrites(writes) }))).toMatchObject([
      { certainty },
    ]);
  });

  test("makes a role pending that we created and do not see yet", () => {
    const writes: PastWrite[] = [{ ...write, call: "iam:CreateRole", beforeHash: null, afterHash: null }];
    const drifts = driftsOfBinding(desired, context(emptyAccount(), { writes: recentWrites(writes) }));

    expect(drifts).toMatchObject([{ change: { kind: "role-missing" }, certainty: "pending" }]);
  });
});

describe("the existence of a role", () => {
  test("is drift only after a complete read", () => {
    expect(driftsOfBinding(binding(), context(emptyAccount()))).toMatchObject([
      { change: { kind: "role-missing" } },
    ]);
    expect(diffBinding(binding(), context(emptyAccount({ complete: false })))).toEqual({
      kind: "unknown",
      reason: "role orders-api-eu-west-1 was not read",
    });
  });

  test("is drift if another id has its ARN", () => {
    const drifts = driftsWith({ roleId: "AROAOTHER" });

    expect(changes(drifts)).toEqual([
      { kind: "role-recreated", knownRoleId: "AROAORDERSAPI00000001", liveRoleId: "AROAOTHER" },
    ]);
  });

  test("is no drift if we recreated it recently and have no record of it yet", () => {
    const desired = binding();
    const live = accountWith({
      role: liveRoleOf(desired, { roleId: "AROAOTHER", createdAtMs: NOW_MS - 1_000 }),
      found: liveFunctionOf(desired),
    });
    const create: PastWrite = {
      key: desired.key,
      atMs: NOW_MS - 900,
      call: "iam:CreateRole",
      step: 2,
      target: desired.role.arn,
      beforeHash: null,
      afterHash: null,
    };

    const at = context(live, { record: appliedRecord(desired), writes: recentWrites([create]) });

    expect(driftsOfBinding(desired, at)).toEqual([]);
  });

  test("is drift if it was recreated in AWS right after us", () => {
    const desired = binding();
    const live = accountWith({
      role: liveRoleOf(desired, { roleId: "AROAOTHER", createdAtMs: NOW_MS - 1_000 }),
      found: liveFunctionOf(desired),
    });
    const create: PastWrite = {
      key: desired.key,
      atMs: NOW_MS - 3_000,
      call: "iam:CreateRole",
      step: 2,
      target: desired.role.arn,
      beforeHash: null,
      afterHash: null,
    };
    const record = { ...appliedRecord(desired), roleKnownSinceMs: NOW_MS - 2_000 };

    expect(
      changes(driftsOfBinding(desired, context(live, { record, writes: recentWrites([create]) }))),
    ).toMatchObject([{ kind: "role-recreated" }]);
  });

  test("is reported with its former name if Git renames it", () => {
    const record = appliedRecord(binding({ name: "orders-api-old" }));
    const desired = binding();
    const live = accountWith({ role: liveRoleOf(desired), found: liveFunctionOf(desired) });

    expect(diffBinding(desired, context(live, { record }))).toMatchObject({
      notes: [
        "arn:aws:iam::111122223333:role/grantkeeper/orders-api-old is no longer named by git and is kept",
      ],
    });
  });
});
