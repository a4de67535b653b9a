import { z } from "zod";
import { listOf, plainText, pushIssue, setOf } from "../fields/field.ts";
import {
  FUNCTION_PATTERN,
  NAMESPACE,
  OBJECT_NAME,
  REFERENCE_PATTERN,
  RESOURCE_PATTERN,
} from "../fields/names.ts";
import { GRANT_ENTRIES } from "../grants/catalogue.ts";
import { manifestOf, platformMetadata } from "./document.ts";
import { changeLimits } from "../fields/change-limits.ts";

const EVERY = "*";

/** Names of accounts, or `*` alone for all. */
export const accountNames = listOf(
  plainText({ what: "an AwsAccount's name, or * for all", pattern: accountPattern(), example: "prod" }),
).check((context) => {
  const every = context.value.indexOf(EVERY);
  if (every < 0 || context.value.length === 1) return;
  pushIssue(context, [every], {
    message: "* includes the other accounts",
    fix: 'write accounts: ["*"], or only the names',
  });
});

function accountPattern(): RegExp {
  return new RegExp(`^\\*$|${OBJECT_NAME.pattern.source}`);
}

/** By grant, its verbs. */
export const allowedGrants = z.strictObject(
  Object.fromEntries(
    GRANT_ENTRIES.map(({ grant, verbs }) => [grant, listOf(z.enum(Object.keys(verbs))).optional()]),
  ),
);

const share = z.strictObject({
  with: plainText(NAMESPACE),
  resources: listOf(plainText(RESOURCE_PATTERN)),
  grants: allowedGrants.optional(),
});

export const team = manifestOf(
  "Team",
  z.strictObject({ ...platformMetadata.shape, name: plainText(NAMESPACE) }),
  z.strictObject({
    accounts: accountNames,
    functions: listOf(plainText(FUNCTION_PATTERN)),
    resources: setOf(plainText(RESOURCE_PATTERN)).optional(),
    grants: allowedGrants.optional(),
    statements: z.boolean().optional(),
    boundaries: setOf(plainText(OBJECT_NAME)).optional(),
    limits: changeLimits.optional(),
    profile: plainText(OBJECT_NAME).optional(),
    alerts: setOf(plainText(OBJECT_NAME)).optional(),
    references: setOf(plainText(REFERENCE_PATTERN)).optional(),
    shares: z.array(share).optional(),
  }),
);

export type TeamSpec = z.infer<typeof team>["spec"];
