import { z } from "zod";
import { listOf } from "../fields/field.ts";
import { allow, allowAnywhere, type Expansion, grantEntry } from "./entry.ts";
import { companion, kmsKeyField } from "./kms.ts";
import { isArn, resourceArn, resourceField, type GrantPlace, type ResourceKind } from "../fields/resource.ts";

export const SECRET: ResourceKind = {
  what: "a secret",
  service: "secretsmanager",
  prefix: "secret:",
  name: "[a-zA-Z0-9/_+=.@-]{1,512}",
  arnSuffix: "-[a-zA-Z0-9]{6}",
  example: "payments/psp-key",
};

const fields = z.strictObject({
  secret: resourceField(SECRET),
  allow: listOf(z.enum(["read", "rotate"])),
  kmsKey: kmsKeyField().optional(),
});

type Verb = z.infer<typeof fields>["allow"][number];

const READ = ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"];
const ROTATE = [...READ, "secretsmanager:PutSecretValue", "secretsmanager:UpdateSecretVersionStage"];

export const secrets = grantEntry({
  grant: "secrets",
  fields,
  verbs: {
    read: { allows: "read the secret's value", leavesOut: null },
    rotate: { allows: "read the secret and put new values", leavesOut: "rotate has no UpdateSecret" },
  },
  regionalFields: ["secret", "kmsKey"],
  examples: [
    { secret: "payments/psp-key", allow: ["read", "rotate"], kmsKey: "alias/payments" },
    {
      secret: "arn:aws:secretsmanager:eu-west-1:111122223333:secret:payments/psp-key-a1B2c3",
      allow: ["read"],
    },
  ],
  expand: (grant, place) => {
    const secret = secretArn(grant.secret, place);
    return grant.allow.flatMap((verb) => [
      ...EXPAND[verb](secret),
      ...companion(
        {
          verb,
          actions: verb === "read" ? ["Decrypt"] : ["Decrypt", "GenerateDataKey"],
          service: "secretsmanager",
        },
        grant.kmsKey,
        place,
      ),
    ]);
  },
});

/** Secrets Manager adds six characters to each name: an exact name would match nothing. */
export function secretArn(written: string, place: GrantPlace): string {
  const arn = resourceArn(SECRET, written, place);
  return isArn(written) ? arn : `${arn}-??????`;
}

const EXPAND: Readonly<Record<Verb, (secret: string) => readonly Expansion[]>> = {
  read: (secret) => [allow("read", READ, [secret])],
  rotate: (secret) => [
    allow("rotate", ROTATE, [secret]),
    allowAnywhere(
      "rotate",
      ["secretsmanager:GetRandomPassword"],
      "secretsmanager:GetRandomPassword takes no resource",
    ),
  ],
};
