import { z } from "zod";
import { manifestOf, teamMetadata } from "./document.ts";
import { listOf, plainText, pushIssue } from "../fields/field.ts";
import { DESCRIPTION } from "../fields/names.ts";
import { templateUses } from "./template-use.ts";
import { grantItem, hasUnknownField, rawStatement, statementItem, type GrantItem } from "./permissions.ts";

/** A policy document in AWS's own form. Each statement is checked like a statement under `statements`. */
const document = z.strictObject({
  Version: z.literal("2012-10-17"),
  Statement: listOf(rawStatement),
});

export const managedPolicy = manifestOf(
  "ManagedPolicy",
  teamMetadata,
  z
    .strictObject({
      description: plainText(DESCRIPTION).optional(),
      use: z.enum(["attach", "boundary"]).optional(),
      grants: z.array(grantItem).optional(),
      statements: z.array(statementItem).optional(),
      templates: templateUses.optional(),
      document: document.optional(),
      deletionPolicy: z.enum(["retain", "delete"]).optional(),
    })
    .check((context) => {
      const { grants, statements, templates, document } = context.value;
      const composed = grants !== undefined || statements !== undefined || templates !== undefined;
      if (composed !== (document !== undefined) || (!composed && hasUnknownField(context))) return;
      pushIssue(context, composed ? ["document"] : [], {
        message: composed
          ? "a policy has either a document or grants, statements and templates"
          : "the policy is empty",
        fix: "write document, or grants, statements and templates",
      });
    }),
);

type ManagedPolicyDocument = z.infer<typeof managedPolicy>;

export interface ManagedPolicySpec extends Omit<ManagedPolicyDocument["spec"], "grants"> {
  readonly grants?: readonly GrantItem[] | undefined;
}
