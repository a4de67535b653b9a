import { describe, expect, test } from "@jest/globals";
import type { Statement } from "../../../../src/model/aws/policy-document.ts";
import { OWNER_TAG } from "../../../../src/model/aws/tag.ts";
import type { Arn } from "../../../../src/model/aws/arn.ts";
import {
  contentDigest,
  contentOf,
  type AdoptedRole,
  type RoleContent,
} from "../../../../src/model/keys/adopted-role.ts";
import type { PastWrite } from "../../../../src/model/keys/key-record.ts";
import { recentWrites } from "../../../../src/diff/drift/recent-writes.ts";
import type { UndoFinding } from "../../../../src/model/keys/adoption-undo.ts";
import type { LiveAccount, LiveRole } from "../../../../src/model/live.ts";
import { planAdoptionUndo } from "../../../../src/plan/adoption-undo.ts";
import {
  allow,
  appliedRecord,
  binding,
  BOUNDARY,
  desiredAccount,
  documentOf,
  NOW_MS,
  OTHER_BOUNDARY,
} from "../../../support/pass/bindings.ts";
import { accountWith, livePolicyOf, liveRoleOf } from "../../../support/pass/live-state.ts";
import { context } from "../../../support/pass/plans.ts";

const DESIRED = binding();
const ROLE = liveRoleOf(DESIRED, { inline: [{ name: "grantkeeper", text: documentOf(allow("sqs:*")) }] });
const deny = (Action: string): Statement => ({ Effect: "Deny", Action, Resource: "*" });
const policy = (name: string, ...statements: readonly Statement[]) => ({
  name,
  text: documentOf(...statements),
});
const attached = (name: string): Arn => `arn:aws:iam::aws:policy/${name}` as Arn;

const OURS = "arn:aws:iam::111122223333:policy/grantkeeper/audit" as Arn;
const THEIRS = "arn:aws:iam::444455556666:policy/grantkeeper/audit" as Arn;

interface Scene {
  readonly role?: LiveRole | null;
  readonly former?: Partial<RoleContent>;
  readonly boundaries?: readonly [Statement, Statement];
  readonly adopted?: Partial<AdoptedRole>;
  readonly live?: Partial<LiveAccount>;
  readonly writes?: readonly PastWrite[];
  /** Missing: all that the role had. */
  readonly attachable?: readonly string[];
}

const EVERYTHING = [allow("*"), allow("*")] as const;

function undo({ role = ROLE, boundaries = EVERYTHING, ...scene }: Scene): UndoFinding {
  const adopted: AdoptedRole = {
    arn: ROLE.arn,
    roleId: ROLE.roleId,
    atMs: NOW_MS - 1,
    former: { ...contentOf(ROLE), inline: [policy("old", allow("s3:*"))], ...scene.former },
    changedAtMs: NOW_MS - 1,
    lastWritten: role === null ? null : contentDigest(contentOf(role)),
    ...scene.adopted,
  };
  const policies = [BOUNDARY, OTHER_BOUNDARY].map((arn, at) =>
    livePolicyOf(arn, [documentOf(boundaries[at] ?? allow("*"))]),
  );
  const known = livePolicyOf(attached("known"), [documentOf(allow("ec2:*"))]);
  const live = {
    ...accountWith({ ...(role !== null && { role }), policies: [...policies, known] }),
    ...scene.live,
  };
  const { fences, ...account } = desiredAccount();
  const attachablePolicies = scene.attachable ?? adopted.former.attachments;
  return planAdoptionUndo(
    DESIRED,
    context(live, {
      account: { ...account, fences: { ...fences, attachablePolicies } },
      record: appliedRecord(DESIRED, { adoptedRole: adopted }),
      writes: recentWrites(scene.writes ?? []),
    }),
  );
}

function callsOf(finding: UndoFinding): readonly string[] {
  if (finding.kind !== "planned") throw new Error(JSON.stringify(finding));
  return finding.plan.actions.map(({ call, input }) => {
    const name = input["PolicyName"] ?? input["PolicyArn"] ?? input["PermissionsBoundary"] ?? null;
    return name === null ? call : `${call} ${JSON.stringify(name).replaceAll('"', "")}`;
  });
}

const kindsOf = (finding: UndoFinding): readonly string[] =>
  finding.kind === "refused" ? finding.obstacles.map(({ kind }) => kind) : [finding.kind];

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

  test.each<Scene & { readonly fix: string; readonly because: string }>([
    {
      former: { boundary: OTHER_BOUNDARY },
      boundaries: [allow("s3:*"), allow("sqs:*")],
      fix: `declare boundary ${OTHER_BOUNDARY} in the manifest`,
      because: "neither boundary contains the other",
    },
    {
      former: {
        inline: [
          policy("a", allow("s3:*"), deny("s3:PutObject")),
          policy("b", allow("s3:PutObject"), deny("s3:GetObject")),
        ],
      },
      fix: "declare the Deny statements",
      because: "a Deny of one policy limits another",
    },
    {
      role: { ...ROLE, trust: trustOf("lambda.amazonaws.com", "ec2.amazonaws.com") },
      former: { trust: trustOf("lambda.amazonaws.com", "events.amazonaws.com") },
      fix: "restore the role by hand",
      because: "it is not proved that one of the trust policies",
    },
  ])("names the way out if no order is safe: $because", ({ fix, because, ...scene }) => {
    expect(undo(scene)).toMatchObject({
      kind: "refused",
      obstacles: [
        {
          kind: "order",
          message: expect.stringContaining(because),
          fix: expect.stringContaining(fix),
        },
      ],
    });
  });

  test("is planned once the Deny statements of the former policies are in effect, also if two of them limit each other", () => {
    const [first, second] = [deny("s3:PutObject"), deny("s3:GetObject")];
    const role = { ...ROLE, inline: [policy("grantkeeper", allow("sqs:*"), first, second)] };
    const inline = [policy("a", allow("s3:*"), first), policy("b", allow("s3:PutObject"), second)];

    expect(kindsOf(undo({ role, former: { inline } }))).toEqual(["planned"]);
  });

  test("is planned with trust policies that do not contain each other if nothing else changes", () => {
    const role = { ...ROLE, trust: trustOf("lambda.amazonaws.com", "ec2.amazonaws.com") };
    const former = { ...contentOf(ROLE), trust: trustOf("lambda.amazonaws.com", "events.amazonaws.com") };

    expect(callsOf(undo({ role, former }))).toEqual(["iam:UpdateAssumeRolePolicy", "iam:UntagRole"]);
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

describe("the order of its calls", () => {
  test.each<Scene & { readonly calls: readonly string[]; readonly because: string }>([
    {
      former: { inline: [policy("a", allow("s3:*")), policy("z", deny("s3:PutObject"))] },
      calls: ["iam:PutRolePolicy z", "iam:PutRolePolicy a", "iam:DeleteRolePolicy grantkeeper"],
      because: "a Deny is added before what it limits",
    },
    {
      role: {
        ...ROLE,
        inline: [policy("a", deny("sqs:SendMessage")), policy("grantkeeper", allow("sqs:*"))],
      },
      calls: ["iam:PutRolePolicy old", "iam:DeleteRolePolicy grantkeeper", "iam:DeleteRolePolicy a"],
      because: "a Deny is removed after what it limits",
    },
    {
      former: { boundary: OTHER_BOUNDARY },
      boundaries: [allow("*"), allow("s3:*")],
      calls: [
        `iam:PutRolePermissionsBoundary ${OTHER_BOUNDARY}`,
        "iam:PutRolePolicy old",
        "iam:DeleteRolePolicy grantkeeper",
      ],
      because: "a narrower boundary is set first",
    },
    {
      former: { boundary: OTHER_BOUNDARY },
      boundaries: [allow("s3:*"), allow("*")],
      calls: [
        "iam:PutRolePolicy old",
        "iam:DeleteRolePolicy grantkeeper",
        `iam:PutRolePermissionsBoundary ${OTHER_BOUNDARY}`,
      ],
      because: "a wider boundary is set last",
    },
    {
      role: { ...ROLE, boundary: null },
      former: { boundary: OTHER_BOUNDARY },
      calls: [
        `iam:PutRolePermissionsBoundary ${OTHER_BOUNDARY}`,
        "iam:PutRolePolicy old",
        "iam:DeleteRolePolicy grantkeeper",
      ],
      because: "a boundary restricts a role that has none",
    },
    {
      former: { trust: trustOf("lambda.amazonaws.com", "ec2.amazonaws.com") },
      calls: ["iam:PutRolePolicy old", "iam:DeleteRolePolicy grantkeeper", "iam:UpdateAssumeRolePolicy"],
      because: "no other principal may get the present permissions",
    },
    {
      role: { ...ROLE, trust: trustOf("lambda.amazonaws.com", "ec2.amazonaws.com") },
      former: { trust: trustOf("lambda.amazonaws.com") },
      calls: ["iam:UpdateAssumeRolePolicy", "iam:PutRolePolicy old", "iam:DeleteRolePolicy grantkeeper"],
      because: "a principal that is no longer trusted must not get the former permissions",
    },
  ])("is safe: $because", ({ calls, ...scene }) => {
    const [last, ...rest] = callsOf(undo(scene)).toReversed();

    expect(rest.toReversed()).toEqual(calls);
    expect(last).toBe("iam:UntagRole");
  });

  test("waits until AWS shows a Deny before it adds what the Deny limits", () => {
    const finding = undo({
      former: { inline: [policy("a", allow("s3:*")), policy("z", deny("s3:PutObject"))] },
    });

    const [first, second] = finding.kind === "planned" ? finding.plan.actions : [];

    expect(first?.due.kind).toBe("now");
    expect(second?.due.kind).toBe("after-wait");
  });
});

function trustOf(...services: readonly string[]): string {
  const Statement = services.map((Service) => ({
    Effect: "Allow",
    Principal: { Service },
    Action: "sts:AssumeRole",
  }));
  return JSON.stringify({ Version: "2012-10-17", Statement });
}
