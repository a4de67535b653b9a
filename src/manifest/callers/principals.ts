import { z } from "zod";
import { listOf, plainText, pushIssue, templateText, type TextSyntax } from "../fields/field.ts";
import { ACCOUNT_ID, ORGANIZATION_ID } from "../fields/names.ts";
import type { Permission } from "../../iam/read/add-permission.ts";
import { invoke, callerEntry, type CallerPlace } from "./entry.ts";

// The callers that are not AWS services: accounts, their roles, an organization, and any caller of the URL.

const ROLE: TextSyntax = {
  what: "a role of that account: its path and name (without a leading /)",
  pattern: /^(?=.{1,512}$)([\w+=,.@-]+\/)*[\w+=,.@-]{1,64}$/,
  example: "billing/invoice-runner",
};

export const account = callerEntry({
  caller: "account",
  allows: "an account, or with `roles` these roles of it alone",
  fields: z.strictObject({
    id: templateText(ACCOUNT_ID),
    roles: listOf(templateText(ROLE)).optional(),
  }),
  examples: [{ id: "777788889999", roles: ["billing/invoice-runner"] }, { id: "777788889999" }],
  expand: ({ id, roles }, place) => principals(id, roles, place).map((principal) => invoke(principal, {})),
});

export const organization = callerEntry({
  caller: "organization",
  allows: "every principal of an AWS organization",
  fields: z.strictObject({
    id: templateText(ORGANIZATION_ID),
  }),
  examples: [{ id: "o-a1b2c3d4e5" }],
  expand: ({ id }) => [invoke("*", { PrincipalOrgID: id })],
});

const urlFields = z
  .strictObject({
    authType: z.enum(["iam", "none"]),
    account: plainText(ACCOUNT_ID).optional(),
    roles: listOf(templateText(ROLE)).optional(),
  })
  .check((context) => {
    const { authType, account: id, roles } = context.value;
    if (authType === "iam" || (id === undefined && roles === undefined)) return;
    pushIssue(context, ["authType"], {
      message: "with authType none everyone may call",
      fix: "leave out account and roles, or write authType: iam",
    });
  });

export const functionUrl = callerEntry({
  caller: "functionUrl",
  allows:
    "callers of the function's URL: an account (the own one by default) or its roles, or with `none` everyone",
  fields: urlFields,
  aliasOnly: true,
  examples: [
    { authType: "iam", account: "777788889999", roles: ["billing/invoice-runner"] },
    { authType: "iam" },
    { authType: "none" },
  ],
  expand: ({ authType, account: id, roles }, place) => {
    const who = authType === "none" ? ["*"] : principals(id ?? place.accountId, roles, place);
    return who.flatMap((principal) => throughUrl(principal, authType === "none" ? "NONE" : "AWS_IAM"));
  },
});

/** Since October 2025 a URL needs both permissions. @see https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html */
function throughUrl(Principal: string, FunctionUrlAuthType: "AWS_IAM" | "NONE"): readonly Permission[] {
  return [
    { Action: "lambda:InvokeFunctionUrl", Principal, FunctionUrlAuthType },
    invoke(Principal, { InvokedViaFunctionUrl: true }),
  ];
}

function principals(id: string, roles: readonly string[] | undefined, place: CallerPlace): readonly string[] {
  if (roles === undefined) return [id];
  return roles.map((role) => `arn:${place.partition}:iam::${id}:role/${role}`);
}
