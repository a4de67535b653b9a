import type { Files } from "../../../demo/manifests.ts";
import { addAccount, addMember, addOrganization, type WorldState } from "../../../src/simulator/world.ts";

const MANAGEMENT = "100000000001";
/** Its only account that the sets observe. */
export const MEMBER = "200000000001";
const UNIT = "ou-1234-dev00000";
const UNIT_BELOW = "ou-1234-team0000";

const NARROW = JSON.stringify({
  Version: "2012-10-17",
  Statement: [
    {
      Sid: "Services",
      Effect: "Allow",
      Action: ["events:*", "iam:*", "lambda:*", "sts:*", "tag:*"],
      Resource: "*",
    },
  ],
});

const PERIMETER = JSON.stringify({
  Version: "2012-10-17",
  Statement: [
    {
      Sid: "OnlyOurs",
      Effect: "Deny",
      Principal: "*",
      Action: "sts:AssumeRole",
      Resource: "*",
      Condition: { StringNotEquals: { "aws:PrincipalOrgID": "o-a1b2c31234" } },
    },
  ],
});

/** Two sets that make every call of a reader; the first observes one account. */
export const ACCOUNT_SETS: Files = {
  "platform/sets.yaml": [
    setText("everyone", `except: ["${MANAGEMENT}"]`),
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

/** Their organization, without any role of Grantkeeper. */
export function seedOrganization(world: WorldState): void {
  const organization = addOrganization(world, "o-a1b2c31234", MANAGEMENT);
  const { rootId } = organization;
  organization.units[UNIT] = { id: UNIT, name: "dev", parentId: rootId };
  organization.units[UNIT_BELOW] = { id: UNIT_BELOW, name: "team", parentId: UNIT };
  const narrow = { id: "p-narrow00", name: "narrow", content: NARROW };
  organization.serviceControl = {
    policies: { [narrow.id]: narrow },
    attached: { [UNIT]: [narrow.id], [MEMBER]: [narrow.id, "p-FullAWSAccess"] },
  };
  const perimeter = { id: "p-perimeter", name: "perimeter", content: PERIMETER };
  organization.resourceControl = {
    policies: { [perimeter.id]: perimeter },
    attached: { [UNIT]: [perimeter.id, "p-RCPFullAWSAccess"] },
  };
  addMember(organization, { id: MEMBER, name: "dev", parentId: UNIT_BELOW });
  addAccount(world, { id: MANAGEMENT });
  addAccount(world, { id: MEMBER });
}
