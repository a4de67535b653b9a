import { allowAnywhere } from "./entry.ts";
import { resourceGrant } from "./resource-grant.ts";
import { isArn, resourceArn, type GrantPlace, type ResourceKind } from "../fields/resource.ts";

export const SECRET: ResourceKind = {
  what: "a secret",
  service: "secretsmanager",
  prefix: "secret:",
  name: "[a-zA-Z0-9/_+=.@-]{1,512}",
  arnSuffix: "-[a-zA-Z0-9]{6}",
  example: "payments/psp-key",
};

const READ = ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"];
const ANY_PASSWORD = "secretsmanager:GetRandomPassword";

export const secrets = resourceGrant({
  grant: "secrets",
  field: "secret",
  kind: SECRET,
  arn: secretArn,
  verbs: {
    read: {
      allows: "read the secret's value",
      leavesOut: null,
      actions: READ,
      keyActions: ["Decrypt"],
    },
    rotate: {
      allows: "read the secret and put new values",
      leavesOut: "rotate has no UpdateSecret",
      actions: [...READ, "secretsmanager:PutSecretValue", "secretsmanager:UpdateSecretVersionStage"],
      also: [allowAnywhere("rotate", [ANY_PASSWORD], `${ANY_PASSWORD} takes no resource`)],
      keyActions: ["Decrypt", "GenerateDataKey"],
    },
  },
  examples: [
    { secret: "payments/psp-key", allow: ["read", "rotate"], kmsKey: "alias/payments" },
    {
      secret: "arn:aws:secretsmanager:eu-west-1:111122223333:secret:payments/psp-key-a1B2c3",
      allow: ["read"],
    },
  ],
});

/** Secrets Manager adds six characters to each name: an exact name would match nothing. */
export function secretArn(secret: string, place: GrantPlace): string {
  const arn = resourceArn(SECRET, secret, place);
  return isArn(secret) ? arn : `${arn}-??????`;
}
