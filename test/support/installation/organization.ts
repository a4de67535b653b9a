import type { Files } from "../../../demo/manifests.ts";
import { ownPolicy, ownTrust } from "../../../src/aws/own/policies.ts";
import { BASE_ROLE } from "../../../src/simulator/seed.ts";
import {
  addAccount,
  addMember,
  addOrganization,
  addRole,
  type WorldState,
} from "../../../src/simulator/world.ts";
import { EXAMPLE } from "../../../tools/pages/permissions.ts";

const MANAGEMENT = "100000000001";
const MEMBER = "200000000001";
const UNIT = "ou-1234-dev00000";
const UNIT_BELOW = "ou-1234-team0000";

/** Two sets that make every call of a reader, and find no account that they observe. */
export const SETS_WITHOUT_ACCOUNTS: Files = {
  "platform/sets.yaml": [
    setText("everyone", `except: ["${MANAGEMENT}", "${MEMBER}"]`),
    setText("tagged", `units: [${UNIT}, r-1234], tags: {env: none}`),
  ].join("---\n"),
};

function setText(name: string, selection: string): string {
  const reader = `{role: "arn:aws:iam::${MANAGEMENT}:role/grantkeeper-system/reader", externalId: gk-reader}`;
  return `apiVersion: grantkeeper.dev/v1alpha1
kind: AccountSet
metadata: {name: ${name}}
spec:
  organization: {reader: ${reader}, ${selection}}
  template:
    regions: [eu-west-1]
    observer: {role: "arn:aws:iam::\${account.id}:role/grantkeeper-system/observer", externalId: gk-observer}
`;
}

/** Their organization, with the reader as docs/aws-permissions.md prints it. */
export function seedOrganization(world: WorldState): void {
  const organization = addOrganization(world, "o-a1b2c31234", MANAGEMENT);
  const { rootId } = organization;
  organization.units[UNIT] = { id: UNIT, name: "dev", parentId: rootId };
  organization.units[UNIT_BELOW] = { id: UNIT_BELOW, name: "team", parentId: UNIT };
  addMember(organization, { id: MEMBER, name: "dev", parentId: UNIT_BELOW });
  addAccount(world, { id: MANAGEMENT });
  const document = (Statement: readonly object[]): string =>
    JSON.stringify({ Version: "2012-10-17", Statement });
  const facts = { ...EXAMPLE, accountId: MANAGEMENT, baseRole: BASE_ROLE, organization: null };
  addRole(world, {
    accountId: MANAGEMENT,
    name: "reader",
    path: "/grantkeeper-system/",
    trust: document(ownTrust(facts, "gk-reader")),
    inline: { reader: document(ownPolicy("reader", facts)) },
  });
}
