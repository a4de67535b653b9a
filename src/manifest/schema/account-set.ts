import { z } from "zod";
import { listOf, plainText, pushIssue, setOf, type CheckContext, type TextSyntax } from "../fields/field.ts";
import {
  ACCOUNT_ID,
  EXTERNAL_ID,
  IAM_ROLE_ARN,
  OBJECT_NAME,
  ORGANIZATIONAL_UNIT,
  TAG_KEY,
} from "../fields/names.ts";
import { accountFields, accountMode, accountVariables } from "./aws-account.ts";
import { manifestOf, platformMetadata } from "./document.ts";

/** The id of each account of the set, where its template needs one. */
export const MEMBER_ID = "${account.id}";

/** The same text, in which `${account.id}` may be written for an account's id. */
function withMemberId(syntax: TextSyntax): z.ZodString {
  const { pattern, what } = syntax;
  const open = pattern.source.replaceAll("\\d{12}", "(\\d{12}|\\$\\{account\\.id\\})");
  return plainText({ ...syntax, pattern: new RegExp(open, pattern.flags), what });
}

const member = z.strictObject({
  name: plainText(OBJECT_NAME),
  id: plainText(ACCOUNT_ID),
  mode: accountMode.optional(),
  vars: accountVariables.optional(),
});

const organization = z.strictObject({
  reader: z.strictObject({ role: plainText(IAM_ROLE_ARN), externalId: plainText(EXTERNAL_ID) }),
  units: listOf(plainText(ORGANIZATIONAL_UNIT)).optional(),
  tags: z
    .record(z.string(), z.string().max(256))
    .check((context) => {
      for (const key of Object.keys(context.value)) {
        if (TAG_KEY.pattern.test(key)) continue;
        const message = `${JSON.stringify(key)} is not ${TAG_KEY.what}`;
        pushIssue(context, [key], { message, fix: `write it like ${TAG_KEY.example}` });
      }
    })
    .optional(),
  except: setOf(plainText(ACCOUNT_ID)).optional(),
});

export const accountSet = manifestOf(
  "AccountSet",
  platformMetadata,
  z
    .strictObject({
      accounts: listOf(member).optional(),
      organization: organization.optional(),
      template: z.strictObject(accountFields(withMemberId)),
    })
    .check((context) => {
      const { accounts, organization: watched, template } = context.value;
      if (accounts === undefined && watched === undefined)
        pushIssue(context, [], {
          message: "the set has no accounts",
          fix: "write accounts: with name and id of each, or organization: with its reader",
        });
      if (watched !== undefined) checkReader(context, watched.reader.role);
      if (watched === undefined || template.observer.role.includes(MEMBER_ID)) return;
      pushIssue(context, ["template", "observer", "role"], {
        message: "every account of the organization would have the same observer",
        fix: `write ${MEMBER_ID} for the account's id in the ARN`,
      });
    }),
);

type SetContext = CheckContext<{ readonly template: { readonly partition?: string | undefined } }>;

/** An organization has accounts of one partition. */
function checkReader(context: SetContext, role: string): void {
  const { partition = "aws" } = context.value.template;
  if (role.startsWith(`arn:${partition}:`)) return;
  pushIssue(context, ["organization", "reader", "role"], {
    message: `${role} is not a role of partition ${partition}, in which the template's accounts are`,
    fix: `write arn:${partition}:iam::…, or another partition in the template`,
  });
}

export type AccountSetSpec = z.infer<typeof accountSet>["spec"];
