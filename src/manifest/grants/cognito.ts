import { resourceGrant } from "./resource-grant.ts";
import { isArn } from "../fields/resource.ts";

export const cognito = resourceGrant({
  grant: "cognito",
  field: "userPool",
  kind: {
    what: "a Cognito user pool",
    namedBy: "id",
    service: "cognito-idp",
    prefix: "userpool/",
    name: "[a-z0-9-]+_[0-9a-zA-Z]{1,55}",
    example: "eu-west-1_AbCdEfGhI",
  },
  // The id of a pool begins with its region, which may be another one than the function's.
  arn: (written, { partition, accountId }) =>
    isArn(written)
      ? written
      : `arn:${partition}:cognito-idp:${written.slice(0, written.indexOf("_"))}:${accountId}:userpool/${written}`,
  verbs: {
    readUsers: {
      allows: "read the pool's users and their groups",
      leavesOut: null,
      actions: ["cognito-idp:AdminGetUser", "cognito-idp:AdminListGroupsForUser", "cognito-idp:ListUsers"],
    },
    manageUsers: {
      allows: "create, change, enable and disable users, and set their groups",
      leavesOut:
        "manageUsers has no AdminDeleteUser, no AdminSetUserPassword and no reading. To read as well: allow: [readUsers, manageUsers]",
      actions: [
        "cognito-idp:AdminAddUserToGroup",
        "cognito-idp:AdminCreateUser",
        "cognito-idp:AdminDisableUser",
        "cognito-idp:AdminEnableUser",
        "cognito-idp:AdminRemoveUserFromGroup",
        "cognito-idp:AdminUpdateUserAttributes",
      ],
    },
  },
  examples: [{ userPool: "eu-west-1_AbCdEfGhI", allow: ["readUsers", "manageUsers"] }],
});
