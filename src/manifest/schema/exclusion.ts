import { z } from "zod";
import { instantText, listOf, plainText, REASON } from "../fields/field.ts";
import { FUNCTION_PATTERN, OBJECT_NAME, REGION } from "../fields/names.ts";
import { manifestOf, platformMetadata } from "./document.ts";
import { OWNER } from "./waiver.ts";

export const exclusion = manifestOf(
  "Exclusion",
  platformMetadata,
  z.strictObject({
    functions: listOf(plainText(FUNCTION_PATTERN)),
    accounts: listOf(
      plainText({ ...OBJECT_NAME, what: "an AwsAccount's name, or an account id", example: "prod" }),
    ).optional(),
    regions: listOf(plainText(REGION)).optional(),
    reason: plainText(REASON),
    owner: plainText(OWNER),
    until: instantText(),
  }),
);

export type ExclusionSpec = z.infer<typeof exclusion>["spec"];
