import { z } from "zod";
import { CALL_AS } from "../model/aws/own-roles.ts";
import { name, roleArn } from "./field-forms.ts";

const rolePattern = z
  .string()
  .regex(
    /^arn:aws[a-z-]*:iam::(\d{12}|\*):role\/[\w+=,.@/-]{2}[\w+=,.@/*-]{0,510}$/,
    "expected a role whose path or name begins with two characters at least, such as arn:aws:iam::*:role/stacksets-exec-*",
  );

const keyArn = z
  .string()
  .regex(
    /^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/[0-9a-zA-Z-]{1,64}$/,
    "expected the ARN of a key (not of an alias)",
  );

const organizationalUnit = z
  .string()
  .regex(
    /^(r-[0-9a-z]{4,32}|ou-[0-9a-z]{4,32}-[0-9a-z]{8,32})$/,
    "expected an organizational unit (ou-…) or the root (r-…)",
  );

export const bootstrap = z.strictObject({
  baseRole: roleArn,
  organization: z
    .string()
    .regex(/^o-[a-z0-9]{10,32}$/, "expected an organization, such as o-a1b2c3d4e5")
    .optional(),
  organizationalUnits: z.array(organizationalUnit).default([]),
  deployers: z.array(rolePattern).default([]),
  callAs: z.enum(CALL_AS).default("SELF"),
  functionKeys: z.record(name, z.array(keyArn).min(1)).default({}),
  formerRoles: z.record(name, z.array(roleArn).min(1)).default({}),
});
