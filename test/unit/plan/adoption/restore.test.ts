import { describe, expect, test } from "@jest/globals";
import { OWNER_TAG } from "../../../../src/model/aws/tag.ts";
import type { Arn } from "../../../../src/model/aws/arn.ts";
import { contentDigest, contentOf } from "../../../../src/model/keys/adopted-role.ts";
import { allow, BOUNDARY, documentOf, NOW_MS, OTHER_BOUNDARY } from "../../../support/pass/bindings.ts";
import { accountWith, livePolicyOf } from "../../../support/pass/live-state.ts";
import { attached, DESIRED, deny, kindsOf, policy, ROLE, undo, type Scene } from "./restore-scene.ts";

const OURS = "arn:aws:iam::111122223333:policy/grantkeeper/audit" as Arn;
const THEIRS = "arn:aws:iam::444455556666:policy/grantkeeper/audit" as Arn;

describe("the way back of a role that was taken over in place", () => {
  test.each<Scene & { readonly kinds: readonly string[]; readonly because: string }>([
    { kinds: ["planned"], because: "everything was read and nothing has changed" },
    { role: null, kinds: ["role-gone"], because: "the role was deleted" },
    { role: null, live: { complete: false }, kinds: ["not-read"], because: "the role was not read" },
    { role: { ...ROLE, roleId: "AROANEW" }, kinds: ["role-recreated"], because: "it was created again" },
    {
      role: { ...ROLE, arn: "arn:aws:iam::111122223333:role/x/orders" as Arn },
      kinds: ["role-gone"],
      because: "another role has its name",
    },
    { role: { ...ROLE, tags: [] }, kinds: ["changed"], because: "someone removed the ownership tags" },
    { adopted: { lastWritten: null }, kinds: ["not-read"], because: "the last write was not read back" },
    {
      adopted: { lastWritten: contentDigest(contentOf({ ...ROLE, description: "x" })) },
      kinds: ["changed"],
      because: "someone changed it since the last write",
    },
    {
      adopted: { changedAtMs: null, lastWritten: null },
      kinds: ["planned"],
      because: "only its tags were written, which are removed again",
    },
    {
      former: { inline: [policy("old", allow(`s3:${"x".repeat(10_300)}`))] },
      kinds: ["quota"],
      because: "its inline policies would be too large",
    },
    {
      former: {
        attachments: Array.from({ length: 30 }, () => attached("known")).map(
          (arn, at) => `${arn}${at}` as Arn,
        ),
      },
      kinds: ["not-read", "quota"],
      because: "it would have too many policies, which were not read",
    },
    {
      former: { attachments: [attached("unread"), attached("other")] },
      kinds: ["not-read"],
      because: "each policy that was not read may have a Deny that must be in effect first",
    },
    {
      role: { ...ROLE, attachments: [attached("unread")] },
      former: { attachments: [attached("unread")] },
      kinds: ["planned"],
      because: "a policy that was not read stays attached all the time",
    },
    {
      former: {
        inline: [
          policy("a", allow("s3:*"), deny("s3:PutObject")),
          policy("b", allow("s3:PutObject"), deny("s3:GetObject")),
        ],
      },
      kinds: ["order"],
      because: "each of two policies has a Deny that limits the other",
    },
    {
      role: { ...ROLE, inline: [policy("grantkeeper", allow("sqs:*"), deny("s3:*"))] },
      former: { inline: [policy("grantkeeper", allow("sqs:*")), policy("old", allow("s3:*"))] },
      kinds: ["planned"],
      because: "the Deny that is overwritten is in effect until all else is as it was",
    },
    {
      former: { boundary: OTHER_BOUNDARY },
      boundaries: [allow("s3:*"), allow("sqs:*")],
      kinds: ["order"],
      because: "neither boundary contains the other",
    },
    {
      former: { attachments: [attached("unread")] },
      kinds: ["planned"],
      because: "a policy that was not read is added before all others, in case it has a Deny",
    },
    {
      role: { ...ROLE, inline: [policy("a", deny("s3:*")), policy("grantkeeper", allow("sqs:*"))] },
      former: { inline: [policy("a", allow("s3:*"))] },
      kinds: ["order"],
      because: "one call replaces a Deny while another policy is still to be removed",
    },
    {
      former: { boundary: OTHER_BOUNDARY },
      live: { policies: new Map() },
      kinds: ["not-read"],
      because: "neither boundary was read",
    },
    {
      role: { ...ROLE, boundary: OTHER_BOUNDARY },
      former: { boundary: null },
      kinds: ["planned"],
      because: "an operator removes the boundary",
    },
    {
      former: { inline: [{ name: "old", text: "{" }] },
      kinds: ["planned"],
      because: "one document that is not understood is added in one call",
    },
    {
      former: { boundary: OTHER_BOUNDARY, inline: ROLE.inline },
      boundaries: [allow("s3:*"), allow("sqs:*")],
      kinds: ["planned"],
      because: "only the boundary changes, in one call",
    },
  ])("is $kinds if $because", ({ kinds, ...scene }) => {
    expect(kindsOf(undo(scene))).toEqual(kinds);
  });

  test("is refused by the id of the role if it was created again with our tags after the first calls", () => {
    const begun = { way: "in-place", begunMs: NOW_MS - 1, state: "running" } as never;

    const finding = undo({ role: { ...ROLE, roleId: "AROANEW" }, begun });

    expect(finding).toMatchObject({
      obstacles: [{ kind: "role-recreated", message: expect.stringContaining("AROANEW") }],
    });
  });

  test("waits while AWS may still show the role as it was before the last write", () => {
    const adopted = { lastWritten: contentDigest(contentOf({ ...ROLE, description: "x" })) };
    const written = { key: DESIRED.key, target: ROLE.arn, call: "iam:UpdateRole", before: null, after: null };
    const at = (atMs: number) => [{ ...written, atMs, cause: "revision" }] as never;

    expect(kindsOf(undo({ adopted, writes: at(NOW_MS - 1) }))).toEqual(["not-read"]);
    expect(kindsOf(undo({ adopted, writes: at(NOW_MS - 3_600_000) }))).toEqual(["changed"]);
  });

  test.each([
    {
      attachable: [],
      arn: attached("known"),
      kinds: ["attachment"],
      because: "the account does not list it",
    },
    { attachable: [attached("known")], arn: attached("known"), kinds: ["planned"], because: "it is listed" },
    { attachable: [], arn: OURS, kinds: ["planned"], because: "it is a ManagedPolicy of Git" },
    { attachable: [], arn: THEIRS, kinds: ["attachment"], because: "it is of another account" },
  ])("attaches only what the writer may attach: $because", ({ arn, kinds, ...scene }) => {
    const texts = [arn, BOUNDARY].map((one) => livePolicyOf(one, [documentOf(allow("*"))]));
    const { policies } = accountWith({ policies: texts });

    expect(kindsOf(undo({ ...scene, former: { attachments: [arn] }, live: { policies } }))).toEqual(kinds);
  });

  test.each([
    { arn: attached("known"), fix: /^list .* in attachablePolicies .*; or set mode: observe/ },
    { arn: THEIRS, fix: /^set mode: observe in the manifest, run aws iam attach-role-policy --role-name / },
  ])("names a step that is possible for $arn: an account lists policies of AWS alone", ({ arn, fix }) => {
    expect(undo({ attachable: [], former: { attachments: [arn] } })).toMatchObject({
      obstacles: [{ kind: "attachment", fix: expect.stringMatching(fix) }],
    });
  });

  test.each([
    {
      attachments: [THEIRS],
      kinds: ["planned"],
      because: "the role had it, and Grantkeeper may not attach it",
    },
    { attachments: [OURS], kinds: ["changed", "attachment"], because: "the role did not have it" },
  ])("a policy that was attached by hand since is a change unless $because", ({ attachments, kinds }) => {
    const role = { ...ROLE, attachments };
    const lastWritten = contentDigest(contentOf(ROLE));
    const texts = [THEIRS, OURS, BOUNDARY].map((one) => livePolicyOf(one, [documentOf(allow("*"))]));
    const { policies } = accountWith({ policies: texts });
    const former = { attachments: [THEIRS] };

    const finding = undo({ role, adopted: { lastWritten }, former, attachable: [], live: { policies } });

    expect(kindsOf(finding)).toEqual(kinds);
  });

  test("does not attach again what the role has", () => {
    const attachments = [attached("known")];
    const role = { ...ROLE, attachments };

    expect(kindsOf(undo({ role, attachable: [], former: { attachments } }))).toEqual(["planned"]);
  });

  test.each([
    { owner: "payments/x", because: "another function has it" },
    { owner: null, because: "the owner is not named" },
  ])("writes nothing to a role with the tag of the instance alone: $because", ({ owner }) => {
    const tags = ROLE.tags.flatMap((tag) => {
      if (tag.key !== OWNER_TAG) return [tag];
      return owner === null ? [] : [{ ...tag, value: owner }];
    });
    const role = { ...ROLE, tags };

    expect(undo({ role, former: contentOf(role) })).toMatchObject({
      kind: "refused",
      obstacles: [{ kind: "changed", message: expect.stringContaining(owner ?? "no owner is named") }],
    });
  });

  test("names the policies that were not read", () => {
    const attachments = [attached("unread"), attached("other")];

    expect(undo({ former: { attachments } })).toMatchObject({
      obstacles: [{ message: expect.stringContaining(attached("unread")) }],
    });
  });
});
