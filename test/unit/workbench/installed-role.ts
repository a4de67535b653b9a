import { ownDocuments } from "../../../src/aws/own/declared.ts";
import type { OwnIdentity } from "../../../src/model/aws/own-roles.ts";
import { roleChecks, type ExpectedRole } from "../../../src/workbench/doctor/compare-role.ts";
import type { InstalledRole } from "../../../src/workbench/doctor/installed-role.ts";
import { desiredOf } from "../../../demo/manifests.ts";
import { accountText, PLATFORM_FILES } from "../../support/manifests.ts";

export const ACCOUNT = "222222222222";

const FILES = {
  ...PLATFORM_FILES,
  "platform/accounts.yaml": accountText(
    "prod",
    ACCOUNT,
    `  binder: {role: "arn:aws:iam::${ACCOUNT}:role/grantkeeper-system/binder", externalId: gk-binder}\n`,
  ),
};

const DOCUMENTS = ownDocuments(desiredOf(FILES, "test-1"), {
  instance: "test-1",
  settings: {
    baseRole: "arn:aws:iam::999900001111:role/grantkeeper-base",
    organization: "o-a1b2c3d4e5",
    organizationalUnits: [],
    deployers: [],
    callAs: "SELF",
    functionKeys: {},
    formerRoles: {},
    sources: [],
  },
});

export function expectedRole(
  identity: OwnIdentity = "writer",
  change: Partial<ExpectedRole> = {},
): ExpectedRole {
  return {
    identity,
    option: "--account prod",
    policy: DOCUMENTS.policy(ACCOUNT, identity),
    trust: DOCUMENTS.trust({ externalId: "gk-test" }),
    at: { partition: "aws", accountId: ACCOUNT },
    ...change,
  };
}

export type Present = Extract<InstalledRole, { readonly kind: "present" }>;

export function textOf(statements: readonly object[]): string {
  return JSON.stringify({ Version: "2012-10-17", Statement: statements });
}

/** The role as printed, with a change. */
export function installedRole({ policy, trust }: ExpectedRole, change: Partial<Present> = {}): Present {
  return {
    kind: "present",
    trust: textOf(trust ?? []),
    documents: [{ from: "inline policy own", text: textOf(policy) }],
    boundary: null,
    unread: [],
    ...change,
  };
}

/** `Sid: detail` of each check that did not pass. */
export function problems(installed: InstalledRole, expected = expectedRole()): readonly string[] {
  return roleChecks(expected, installed)
    .filter(({ outcome }) => outcome !== "passed")
    .map(({ outcome, what, detail }) => `${outcome} ${what}: ${detail ?? ""}`);
}
