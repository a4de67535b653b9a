import { describe, expect, test } from "@jest/globals";
import { known } from "../../../src/adopt/estate/estate.ts";
import { NO_TERRAFORM_STATE } from "../../../src/adopt/deployer/terraform-state.ts";
import { OWNER_TAG } from "../../../src/model/aws/tag.ts";
import { askedStack, estateFunction } from "../../support/adopt/estate.ts";
import { policyText } from "../../support/adopt/policies.ts";
import {
  type Scene,
  placeOf,
  ROLE,
  account,
  tags,
  trusting,
  at,
  LARGE,
  reports,
  listed,
} from "./in-place-scenes.ts";

describe("a role cannot be taken over in place", () => {
  test.each<Scene & { readonly because: string; readonly kind: string; readonly reason: RegExp }>([
    {
      because: "its tags show a stack",
      ...tags("aws:cloudformation:stack-name", "shop"),
      kind: "stack",
      reason: /^its tags show that stack shop of CloudFormation created it/,
    },
    {
      because: "CloudFormation answers that a stack owns it",
      estate: { roleStacks: askedStack("orders-role", { kind: "present", value: "shop" }) },
      kind: "stack",
      reason: /^stack shop of CloudFormation owns it/,
    },
    {
      because: "Terraform owns it by a tag",
      ...tags("ManagedBy", "terraform"),
      kind: "terraform",
      reason: /tag/,
    },
    {
      because: "it is in a given state",
      terraform: { ...NO_TERRAFORM_STATE, roles: new Map([[ROLE, "aws_iam_role.orders[0]"]]) },
      kind: "terraform",
      reason: /in its state as aws_iam_role\.orders\[0\]/,
    },
    { because: "a tag would be removed", ...tags("team", "a"), kind: "tag", reason: /its tag team/ },
    {
      because: "it has another owner",
      ...tags(OWNER_TAG, "search/find"),
      kind: "owner",
      reason: /search\/find/,
    },
    {
      because: "another account may assume it",
      ...trusting({ AWS: "arn:aws:iam::999900001111:root", Service: "lambda.amazonaws.com" }),
      kind: "trust",
      reason: /not that of Lambda alone/,
    },
    {
      because: "its boundary is of others",
      role: { boundary: "arn:aws:iam::111122223333:policy/theirs" as never },
      kind: "boundary",
      reason: /policy\/theirs is none of the account's/,
    },
    {
      because: "an instance profile contains it",
      role: { instanceProfiles: ["workers"] },
      kind: "instance-profile",
      reason: /workers/,
    },
    {
      because: "an incident restricted it",
      role: { inline: [{ name: "AWSRevokeOlderSessions", text: policyText([]) }] },
      kind: "restricted",
      reason: /AWSRevokeOlderSessions/,
    },
    {
      because: "it is linked to a service",
      ...at("/aws-service-role/lambda.amazonaws.com/"),
      kind: "place",
      reason: /below \/aws-service-role\//,
    },
    { because: "a manifest cannot name its path", ...at("/a!b/"), kind: "place", reason: /path \/a!b\// },
    { because: "it is below our path", ...at("/grantkeeper/"), kind: "place", reason: /are Grantkeeper's/ },
    {
      because: "the account lists as many as it can",
      ...account(`  adoptableRoles: [${listed(60)}]\n`),
      kind: "place",
      reason: /lists 60 roles in adoptableRoles, which is the most/,
    },
    {
      because: "another function runs on it",
      others: reports({ roleArn: ROLE }),
      kind: "shared",
      reason: /function:reports runs on it too$/,
    },
    {
      because: "several others run on it",
      others: [estateFunction("reports", { roleArn: ROLE }), estateFunction("search", { roleArn: ROLE })],
      kind: "shared",
      reason: /function:reports runs on it too \(and 1 more function\)$/,
    },
    {
      because: "a version of another function runs on it",
      others: reports({ versions: known([{ version: "7", roleArn: ROLE }]) }),
      kind: "shared",
      reason: /^version 7 of .*function:reports runs on it$/,
    },
    {
      because: "its policies and the declared one are too large together",
      role: LARGE,
      kind: "quota",
      reason: /^the role's inline policies would have \d+ of 10240 characters$/,
    },
    {
      because:
        "they are too large for the quotas that AWS begins with, and those of the account are not known",
      role: LARGE,
      estate: { roleQuota: known({ existing: 10, quota: 1_000 }) },
      kind: "quota",
      reason: /of 10240 characters: a default of AWS, because the quotas of the account were not read$/,
    },
  ])(
    "with a fix for a manifest that has no role.adopt yet, if $because",
    ({ because: _because, kind, reason, ...scene }) => {
      expect(placeOf(scene)).toMatchObject({
        kind: "refused",
        reasons: expect.arrayContaining([
          expect.objectContaining({
            kind,
            reason: expect.stringMatching(reason),
            fix: expect.not.stringMatching(/\badopt\b|role\.path/),
          }),
        ]),
      });
    },
  );
});
