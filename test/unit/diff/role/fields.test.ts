import { NO_DELTA } from "../../../../src/model/delta.ts";
import { describe, expect, test } from "@jest/globals";
import type { DesiredRole } from "../../../../src/model/desired.ts";
import type { DriftChange } from "../../../../src/model/drift.ts";
import type { LiveRole } from "../../../../src/model/live.ts";
import {
  allow,
  binding,
  BOUNDARY,
  compiled,
  documentOf,
  ORDERS_READ,
  OTHER_BOUNDARY,
} from "../../../support/pass/bindings.ts";
import { liveRoleOf } from "../../../support/pass/live-state.ts";
import { AUDIT, ADMIN, EVERYTHING, driftsWith, changes } from "./drifts.ts";

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
        delta: { allowed: [{ action: { kind: "one", name: "sqs:SendMessage" } }], noLongerAllowed: [] },
      },
    ]);
  });

  test("shows an additional attachment with the permissions that it adds", () => {
    const [drift] = driftsWith({ attachments: [ADMIN.arn] });

    expect(drift?.delta.allowed).toMatchObject([
      { action: { kind: "any" }, resource: { kind: "any" }, risk: "escalation", from: { arn: ADMIN.arn } },
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

  const UNUSABLE = allow("s3:GetObject", "arn:aws:s3:::orders");

  test("is not a permission that no request can use, whose tier is no-effect", () => {
    const text = documentOf(ORDERS_READ, UNUSABLE);

    const drifts = driftsWith({ inline: [{ name: "grantkeeper", text }] }, { inline: compiled(ORDERS_READ) });

    expect(drifts).toMatchObject([{ change: { kind: "inline" }, tier: "no-effect", delta: NO_DELTA }]);
  });

  test.each([
    { statements: [UNUSABLE], tier: "no-effect", because: "no request can use any of it" },
    { statements: [], tier: "no-effect", because: "it has no statement" },
    { statements: [UNUSABLE, ORDERS_READ], tier: "security", because: "it repeats a declared permission" },
  ])("is not an additional inline policy, of tier $tier: $because", ({ statements, tier }) => {
    const own = liveRoleOf(binding()).inline;

    const drifts = driftsWith({ inline: [...own, { name: "hotfix", text: documentOf(...statements) }] });

    expect(drifts).toMatchObject([{ change: { kind: "inline-extra" }, tier }]);
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
        {
          kind: "role-tag",
          tag: "team",
          row: { action: { kind: "one", name: "s3:GetObject" }, from: { name: "hotfix" } },
        },
      ],
    });
  });
});
