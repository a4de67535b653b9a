import { arnParts, hasArnParts, isPolicyArn } from "../../model/aws/arn.ts";
import { withArnParts } from "../../model/aws/arns/arn-fields.ts";
import { z } from "zod";
import { manifestOf, platformMetadata } from "./document.ts";
import { partitionOfRegion } from "../../model/aws/partitions.ts";
import { durationText } from "../fields/duration.ts";
import {
  listOf,
  plainText,
  pushIssue,
  setOf,
  shown,
  type CheckContext,
  type TextSyntax,
} from "../fields/field.ts";
import {
  ACCOUNT_ID,
  AWS_MANAGED_POLICY,
  EXTERNAL_ID,
  IAM_ROLE_ARN,
  NAMESPACE,
  OBJECT_NAME,
  ORGANIZATION_ID,
  PARTITION,
  REGION,
  TAG_KEY,
  VARIABLE_VALUE,
} from "../fields/names.ts";
import { adoptableRoleProblem, MOST_ADOPTABLE } from "../fields/adoptable-role.ts";
import { ROLES_PATH } from "../fields/role-path.ts";
import { changeLimits } from "../fields/change-limits.ts";

/** A boundary that only these namespaces may use. */
const boundaryOfNamespaces = z.strictObject({
  name: plainText(OBJECT_NAME),
  namespaces: listOf(plainText(NAMESPACE)),
});
/** One role, or those whose path or name begins with two characters at least. */
const ROLES = {
  what: "the ARN of a role, or the beginning of one with a star",
  pattern: /^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]{2,511}\*?$/,
  example: "arn:aws:iam::111122223333:role/jobs/*",
};
/** Not roles, which have lists of their own. Before a star there are two characters of a name, or a bucket. */
const CONTROLLED = {
  what: "the ARN of a resource, or the beginning of one with a star",
  pattern:
    /^arn:aws[a-z-]*:(s3:::[\w.-]{2,63}(\/[\w+=,.@:/-]{0,900})?\*?|(?!iam:|sts:|s3:)[a-z0-9-]+:[a-z0-9-]*:(\d{12})?:[\w+=,.@$:/-]{0,1000}[\w+=,.@$-](?:[\w+=,.@$-]\*)?)$/,
  example: "arn:aws:codebuild:eu-west-1:111122223333:project/orders-*",
};

export const accountVariables = z.record(z.string(), plainText(VARIABLE_VALUE)).check((context) => {
  for (const name of Object.keys(context.value)) {
    if (/^[A-Za-z][A-Za-z0-9_]{0,63}$/.test(name)) continue;
    pushIssue(context, [name], {
      message: `${JSON.stringify(name)} is not a variable's name`,
      fix: "write letters, digits and _ such as ordersTable",
    });
  }
});

const requestsPerSecond = z.number().positive().max(1000).optional();

/** The mode of an account, and the fields that accounts have in common with the template of an AccountSet. */
export const accountMode = z.enum(["observe", "enforce"]);

/** `text` makes the schema of a text field: the template of an AccountSet may leave an account's id open. */
export function accountFields(text: (syntax: TextSyntax) => z.ZodString) {
  const identity = z.strictObject({ role: text(IAM_ROLE_ARN), externalId: text(EXTERNAL_ID) });
  return {
    partition: text(PARTITION).optional(),
    regions: listOf(text(REGION)),
    observer: identity,
    writer: identity.optional(),
    binder: identity.optional(),
    boundary: text(OBJECT_NAME).optional(),
    boundaries: setOf(z.union([text(OBJECT_NAME), boundaryOfNamespaces])).optional(),
    callerAccounts: setOf(text(ACCOUNT_ID)).optional(),
    organizations: setOf(text(ORGANIZATION_ID)).optional(),
    resourceAccounts: setOf(text(ACCOUNT_ID)).optional(),
    attachablePolicies: setOf(text(AWS_MANAGED_POLICY)).optional(),
    functionRole: z.enum(["verify", "manage"]).optional(),
    tagKeys: setOf(text(TAG_KEY)).optional(),
    protectedPolicies: setOf(
      text({
        what: "a policy's ARN or name",
        pattern: /^(arn:aws[a-z-]*:iam::(\d{12}|aws):policy\/[\x21-\x7e]+|[\w+=,.@-]{1,128})$/,
        example: "AWSCompromisedKeyQuarantineV3",
      }),
    ).optional(),
    assumableRoles: setOf(text(ROLES)).optional(),
    passableRoles: setOf(text(ROLES)).optional(),
    controllableResources: setOf(text(CONTROLLED)).optional(),
    requireSourceAccount: z.boolean().optional(),
    limits: changeLimits.optional(),
    revert: z
      .strictObject({
        other: durationText({ units: "smhd", min: "0s", max: "7d", example: "15m" }).optional(),
      })
      .optional(),
    propagationWait: durationText({ units: "smhd", min: "30s", max: "1h", example: "60s" }).optional(),
    deleteQuiet: durationText({ units: "smhd", min: "4h", max: "400d", example: "24h" }).optional(),
    adoption: z
      .strictObject({
        waveInterval: durationText({ units: "smhd", min: "1h", max: "30d", example: "24h" }).optional(),
      })
      .optional(),
    vars: accountVariables.optional(),
    budgets: z
      .strictObject({
        iamRead: requestsPerSecond,
        iamWrite: requestsPerSecond,
        lambda: requestsPerSecond,
        lambdaGetPolicy: requestsPerSecond,
      })
      .optional(),
  };
}

export const awsAccount = manifestOf(
  "AwsAccount",
  platformMetadata,
  z
    .strictObject({
      id: plainText(ACCOUNT_ID),
      mode: accountMode.optional(),
      adoptableRoles: setOf(plainText(IAM_ROLE_ARN)).optional(),
      ...accountFields(plainText),
    })
    .check((context) => {
      const spec = context.value;
      for (const name of ["observer", "writer", "binder"] as const) checkIdentity(context, name);
      checkRegions(context);
      checkProtectedPolicies(context);
      checkAttachablePolicies(context);
      checkBoundaries(context);
      checkAdoptableRoles(context);
      for (const name of ["assumableRoles", "passableRoles"] as const) checkRoles(context, name);
      if (spec.mode !== "enforce") return;
      if (spec.boundary === undefined) {
        pushIssue(context, ["mode"], {
          message: "enforce needs a boundary for every role",
          fix: "write boundary: NAME of a ManagedPolicy with use: boundary",
        });
      }
      if (spec.writer === undefined) {
        pushIssue(context, ["mode"], {
          message: "enforce needs a writer",
          fix: "write writer: {role: …, externalId: …}",
        });
      }
      if (spec.functionRole === "manage" && spec.binder === undefined) {
        pushIssue(context, ["functionRole"], {
          message: "manage needs a binder",
          fix: "write binder: {role: …, externalId: …}",
        });
      }
    }),
);

export type AwsAccountSpec = z.infer<typeof awsAccount>["spec"];

type AccountContext = CheckContext<AwsAccountSpec>;

function checkIdentity(context: AccountContext, name: "observer" | "writer" | "binder"): void {
  const role = context.value[name]?.role;
  const { id, partition = "aws" } = context.value;
  if (role === undefined || role.startsWith(`arn:${partition}:iam::${id}:`)) return;
  pushIssue(context, [name, "role"], {
    message: `${role} is not a role of account ${id}`,
    fix: `write arn:${partition}:iam::${id}:role/…`,
  });
}

function checkRegions(context: AccountContext): void {
  const { regions, partition = "aws" } = context.value;
  for (const [index, region] of regions.entries()) {
    const other = partitionOfRegion(region);
    if (other === partition) continue;
    const what = other === undefined ? "no partition of AWS has it" : `it is in partition ${other}`;
    const message = `region ${shown(region)}: ${what}; the account is in ${partition}`;
    const fix =
      other === undefined
        ? `name a region of partition ${partition}`
        : `write partition: ${other}, or another region`;
    pushIssue(context, ["regions", index], { message, fix });
  }
}

/** The roles of functions belong to their manifests, and those of Grantkeeper write permissions. */
function checkRoles(context: AccountContext, name: "assumableRoles" | "passableRoles"): void {
  const { observer, writer, binder } = context.value;
  const identities = [observer.role, writer?.role, binder?.role].filter((role) => role !== undefined);
  for (const [index, role] of (context.value[name] ?? []).entries()) {
    const isReserved = [...identities, withArnParts(role, { resource: "role/grantkeeper/x" })].some(
      (each) => each === role || (role.endsWith("*") && each.startsWith(role.slice(0, -1))),
    );
    if (!isReserved && !role.includes(":role/grantkeeper/")) continue;
    const message = `${role} includes a role of Grantkeeper or of a function`;
    pushIssue(context, [name, index], { message, fix: "name other roles" });
  }
}

function checkAdoptableRoles(context: AccountContext): void {
  const { id, partition = "aws", adoptableRoles = [], observer, writer, binder } = context.value;
  const identities = [observer.role, writer?.role, binder?.role];
  for (const [index, role] of adoptableRoles.entries()) {
    const message = adoptableRoleProblem(role, { id, partition, identities });
    if (message === null) continue;
    pushIssue(context, ["adoptableRoles", index], { message, fix: "name the role of a function" });
  }
  if (adoptableRoles.length <= MOST_ADOPTABLE) return;
  pushIssue(context, ["adoptableRoles"], {
    message: `${adoptableRoles.length} roles: an account can have ${MOST_ADOPTABLE}, because the writer's policies name each one`,
    fix: `give the other functions new roles below ${ROLES_PATH}, or list these once the first ones are released`,
  });
}

/** A name protects the policy with any ARN; an ARN must be one that a role of the account can have. */
function checkProtectedPolicies(context: AccountContext): void {
  const { id, partition = "aws", protectedPolicies = [] } = context.value;
  for (const [index, policy] of protectedPolicies.entries()) {
    const { accountId: owner, ...parts } = arnParts(policy);
    const isOwn = isPolicyArn(policy) && parts.partition === partition && (owner === id || owner === "aws");
    if (!policy.startsWith("arn:") || isOwn) continue;
    const message = `${policy} is not a policy that a role of account ${id} can have`;
    const fix = `write arn:${partition}:iam::aws:policy/… or arn:${partition}:iam::${id}:policy/…`;
    pushIssue(context, ["protectedPolicies", index], { message, fix });
  }
}

/** A policy of another partition can be attached to no role of this one. */
function checkAttachablePolicies(context: AccountContext): void {
  const { partition = "aws", attachablePolicies = [] } = context.value;
  for (const [index, policy] of attachablePolicies.entries()) {
    if (!hasArnParts(policy) || arnParts(policy).partition === partition) continue;
    const message = `${policy} is not a policy of partition ${partition}`;
    const fix = `write ${withArnParts(policy, { partition })}`;
    pushIssue(context, ["attachablePolicies", index], { message, fix });
  }
}

/** One boundary with two rules: whichever counts, the other one would be read as the rule. */
function checkBoundaries(context: AccountContext): void {
  const { boundary, boundaries = [] } = context.value;
  const seen = new Set<string>();
  for (const [index, written] of boundaries.entries()) {
    const name = boundaryName(written);
    const message = `boundary ${shown(name)} is listed twice`;
    if (seen.has(name) && typeof written !== "string")
      pushIssue(context, ["boundaries", index], { message, fix: "keep one of them" });
    seen.add(name);
    if (typeof written === "string" || name !== boundary) continue;
    pushIssue(context, ["boundaries", index, "namespaces"], {
      message: `${shown(name)} is the default boundary of the account, which every namespace uses`,
      fix: `write another default, or list ${name} without namespaces`,
    });
  }
}

/** The name of a member of `spec.boundaries`. */
export function boundaryName(boundary: NonNullable<AwsAccountSpec["boundaries"]>[number]): string {
  return typeof boundary === "string" ? boundary : boundary.name;
}
