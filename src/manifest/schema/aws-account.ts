import { z } from "zod";
import { API_VERSION, platformMetadata } from "./document.ts";
import { partitionOfRegion } from "../../model/aws/partitions.ts";
import { durationText, listOf, plainText, pushIssue, setOf, shown } from "../fields/field.ts";
import {
  ACCOUNT_ID,
  EXTERNAL_ID,
  IAM_ROLE_ARN,
  OBJECT_NAME,
  PARTITION,
  REGION,
  TAG_KEY,
  VARIABLE_VALUE,
} from "../fields/names.ts";

const identity = z.strictObject({ role: plainText(IAM_ROLE_ARN), externalId: plainText(EXTERNAL_ID) });

const variables = z.record(z.string(), plainText(VARIABLE_VALUE)).check((context) => {
  for (const name of Object.keys(context.value)) {
    if (/^[A-Za-z][A-Za-z0-9_]{0,63}$/.test(name)) continue;
    pushIssue(context, [name], {
      message: `${JSON.stringify(name)} is not a variable's name`,
      fix: "write letters, digits and _ such as ordersTable",
    });
  }
});

const requestsPerSecond = z.number().positive().max(1000).optional();

export const awsAccount = z.strictObject({
  apiVersion: z.literal(API_VERSION),
  kind: z.literal("AwsAccount"),
  metadata: platformMetadata,
  spec: z
    .strictObject({
      id: plainText(ACCOUNT_ID),
      partition: plainText(PARTITION).optional(),
      regions: listOf(plainText(REGION)),
      mode: z.enum(["observe", "enforce"]).optional(),
      observer: identity,
      writer: identity.optional(),
      binder: identity.optional(),
      boundary: plainText(OBJECT_NAME).optional(),
      boundaries: setOf(plainText(OBJECT_NAME)).optional(),
      functionRole: z.enum(["verify", "manage"]).optional(),
      tagKeys: setOf(plainText(TAG_KEY)).optional(),
      protectedPolicies: setOf(
        plainText({
          what: "a policy's ARN or name",
          pattern: /^(arn:aws[a-z-]*:iam::(\d{12}|aws):policy\/[\x21-\x7e]+|[\w+=,.@-]{1,128})$/,
          example: "AWSCompromisedKeyQuarantineV3",
        }),
      ).optional(),
      limits: z
        .strictObject({
          deletes: z.int().min(0).optional(),
          changedCount: z.int().min(0).optional(),
          changedShare: z.number().min(0).max(1).optional(),
        })
        .optional(),
      revert: z.strictObject({ other: durationText("smhd", "0s", "7d").optional() }).optional(),
      propagationWait: durationText("smhd", "30s", "1h").optional(),
      deleteQuiet: durationText("smhd", "4h", "400d").optional(),
      vars: variables.optional(),
      budgets: z
        .strictObject({
          iamRead: requestsPerSecond,
          iamWrite: requestsPerSecond,
          lambda: requestsPerSecond,
          lambdaGetPolicy: requestsPerSecond,
        })
        .optional(),
    })
    .check((context) => {
      const spec = context.value;
      for (const name of ["observer", "writer", "binder"] as const) checkIdentity(context, name);
      checkRegions(context);
      checkProtectedPolicies(context);
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
});

export type AwsAccountSpec = z.infer<typeof awsAccount>["spec"];

interface AccountContext {
  readonly value: AwsAccountSpec;
  readonly issues: z.core.$ZodRawIssue[];
}

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

/** A name protects the policy with any ARN; an ARN must be one that a role of the account can have. */
function checkProtectedPolicies(context: AccountContext): void {
  const { id, partition = "aws", protectedPolicies = [] } = context.value;
  for (const [index, policy] of protectedPolicies.entries()) {
    const isOwn = [id, "aws"].some((owner) => policy.startsWith(`arn:${partition}:iam::${owner}:`));
    if (!policy.startsWith("arn:") || isOwn) continue;
    const message = `${policy} is not a policy that a role of account ${id} can have`;
    const fix = `write arn:${partition}:iam::aws:policy/… or arn:${partition}:iam::${id}:policy/…`;
    pushIssue(context, ["protectedPolicies", index], { message, fix });
  }
}
