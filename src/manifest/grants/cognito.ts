import { z } from "zod";
import { listOf } from "../fields/field.ts";
import { allow, grantEntry } from "./entry.ts";
import { isArn, resourceField, type GrantPlace, type ResourceKind } from "../fields/resource.ts";

const POOL: ResourceKind = {
  what: "a Cognito user pool",
  namedBy: "id",
  service: "cognito-idp",
  prefix: "userpool/",
  name: "[a-z0-9-]+_[0-9a-zA-Z]{1,55}",
  example: "eu-west-1_AbCdEfGhI",
};

const fields = z.strictObject({
  userPool: resourceField(POOL),
  allow: listOf(z.enum(["readUsers", "manageUsers"])),
});

const ACTIONS = {
  readUsers: ["cognito-idp:AdminGetUser", "cognito-idp:AdminListGroupsForUser", "cognito-idp:ListUsers"],
  manageUsers: [
    "cognito-idp:AdminAddUserToGroup",
    "cognito-idp:AdminCreateUser",
    "cognito-idp:AdminDisableUser",
    "cognito-idp:AdminEnableUser",
    "cognito-idp:AdminRemoveUserFromGroup",
    "cognito-idp:AdminUpdateUserAttributes",
  ],
} as const satisfies Record<z.infer<typeof fields>["allow"][number], readonly string[]>;

export const cognito = grantEntry({
  grant: "cognito",
  fields,
  verbs: {
    readUsers: { allows: "read the pool's users and their groups", leavesOut: null },
    manageUsers: {
      allows: "create, change, enable and disable users, and set their groups",
      leavesOut:
        "manageUsers has no AdminDeleteUser, no AdminSetUserPassword and no reading. To read as well: allow: [readUsers, manageUsers]",
    },
  },
  regionalFields: ["userPool"],
  examples: [{ userPool: "eu-west-1_AbCdEfGhI", allow: ["readUsers", "manageUsers"] }],
  expand: (grant, place) =>
    grant.allow.map((verb) => allow(verb, ACTIONS[verb], [poolArn(grant.userPool, place)])),
});

/** The id of a pool begins with its region, which may be another one than the function's. */
function poolArn(written: string, place: GrantPlace): string {
  if (isArn(written)) return written;
  const region = written.slice(0, written.indexOf("_"));
  return `arn:${place.partition}:cognito-idp:${region}:${place.accountId}:userpool/${written}`;
}
