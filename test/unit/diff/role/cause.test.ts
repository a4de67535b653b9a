import { recentWrites } from "../../../../src/diff/drift/recent-writes.ts";
import { describe, expect, test } from "@jest/globals";
import { sha256Hex } from "../../../../src/model/values/digest.ts";
import type { PastWrite } from "../../../../src/model/keys/key-record.ts";
import {
  allow,
  appliedRecord,
  binding,
  compiled,
  deny,
  documentOf,
  NOW_MS,
  ORDERS_READ,
} from "../../../support/pass/bindings.ts";
import { context, driftsOfBinding } from "../../../support/pass/plans.ts";
import { accountWith, emptyAccount, liveFunctionOf, liveRoleOf } from "../../../support/pass/live-state.ts";
import { AUDIT, ADMIN, EVERYTHING, driftsWith } from "./drifts.ts";

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

  test("does not confirm that a role is missing which we created and do not see yet", () => {
    const writes: PastWrite[] = [{ ...write, call: "iam:CreateRole", beforeHash: null, afterHash: null }];
    const drifts = driftsOfBinding(desired, context(emptyAccount(), { writes: recentWrites(writes) }));

    expect(drifts).toMatchObject([{ change: { kind: "role-missing" }, certainty: "pending" }]);
  });
});
