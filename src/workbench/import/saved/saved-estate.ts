import { z } from "zod";
import type { Estate, EstatePart } from "../../../adopt/estate/estate.ts";
import { RULES_NOT_ASKED } from "../../../adopt/estate/event-rules.ts";
import { STACKS_NOT_ASKED } from "../../../adopt/estate/role-stacks.ts";
import { parseArn } from "../../../model/aws/arn.ts";
import { parseAccountId, parsePartition, parseRegion } from "../../../model/aws/ids.ts";
import type { Reading } from "../../../model/live.ts";

/** `import --save` writes this form. A change of what it contains needs another number, unless what older files lack has a default. */
export const SAVED_FORMAT = "grantkeeper-estate/2";

function parsed<Value>(parse: (text: string) => Value | undefined): z.ZodType<Value> {
  return z.string().transform((text, context) => {
    const value = parse(text);
    if (value !== undefined) return value;
    context.addIssue({ code: "custom", message: "it is not of this kind" });
    return z.NEVER;
  });
}

const text = z.string();
const arn = parsed(parseArn);
const atMs = z.int().min(0);

const unread = z.object({
  kind: z.literal("unknown"),
  call: text,
  why: z.enum(["denied", "failed", "not-called"]),
  reason: text,
});

function partOf<Value>(value: z.ZodType<Value>): z.ZodType<EstatePart<Value>> {
  return z.discriminatedUnion("kind", [z.object({ kind: z.literal("known"), value }), unread]);
}

function readingOf<Value>(value: z.ZodType<Value>): z.ZodType<Reading<Value>> {
  return z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("present"), value }),
    z.object({ kind: z.literal("absent") }),
    z.object({ kind: z.literal("unknown"), reason: text }),
  ]);
}

const tags = z.array(z.object({ key: text, value: text }));

const role = z.object({
  name: text,
  path: text,
  arn,
  roleId: text,
  createdAtMs: atMs,
  trust: text,
  description: text,
  maxSessionSeconds: z.int(),
  boundary: arn.nullable(),
  inline: z.array(z.object({ name: text, text })),
  attachments: z.array(arn),
  tags,
  instanceProfiles: z.array(text),
  lastUsedAtMs: z.union([atMs, z.null(), z.literal("unknown")]),
});

const policy = z.object({
  name: text,
  path: text,
  arn,
  policyId: text,
  defaultVersionId: text,
  versions: z.array(z.object({ id: text, text, createdAtMs: atMs })),
  description: text.nullable(),
  attachmentCount: z.int().nullable(),
  boundaryUsageCount: z.int().nullable(),
  tags: readingOf(tags),
});

const iam = z.object({
  roles: z.map(text, readingOf(role)),
  policies: z.map(text, readingOf(policy)),
  awsManaged: z.map(text, readingOf(z.object({ arn, versionId: text, text }))),
});

const estateFunction = z.object({
  name: text,
  arn,
  roleArn: text,
  code: partOf(
    z.discriminatedUnion("kind", [
      z.object({ kind: z.literal("zip"), runtime: text }),
      z.object({ kind: z.literal("container-image") }),
    ]),
  ),
  needs: z.object({
    vpc: z.boolean(),
    tracing: z.boolean(),
    deadLetterArn: text.nullable(),
    fileSystemArns: z.array(text),
    kmsKeyArn: text.nullable(),
    logGroup: text.nullable(),
  }),
  tags: partOf(tags),
  versions: partOf(z.array(z.object({ version: text, roleArn: text }))),
  aliases: partOf(z.array(z.object({ name: text, versions: z.array(text) }))),
  policies: z.map(text, partOf(z.object({ text, revisionId: text }).nullable())),
  triggers: partOf(
    z.object({
      eventSources: z.array(z.object({ arn: text.nullable(), secrets: z.array(text) })),
      destinations: z.array(text),
    }),
  ),
  edge: z.boolean(),
});

const roleQuota = z.object({
  existing: z.int(),
  quota: z.int(),
  ofRole: z.object({ rolePolicySize: z.int(), attachedPoliciesPerRole: z.int() }).exactOptional(),
});

const roleStack = z.object({ regions: z.array(parsed(parseRegion)), stack: readingOf(text) });

const estate: z.ZodType<Estate> = z.object({
  account: z.object({ id: parsed(parseAccountId), name: text, partition: parsed(parsePartition) }),
  region: parsed(parseRegion),
  observedAtMs: atMs,
  functions: z.array(estateFunction),
  iam: partOf(iam),
  roleQuota: partOf(roleQuota),
  // Versions that did not ask CloudFormation wrote nothing.
  roleStacks: partOf(z.map(text, roleStack)).default(STACKS_NOT_ASKED),
  // Nor those that did not ask EventBridge.
  eventRules: partOf(z.map(text, partOf(z.array(text)))).default(RULES_NOT_ASKED),
});

// Versions that did not resume within a region wrote nothing.
const begun = z
  .array(
    z.object({
      accountId: parsed(parseAccountId),
      region: parsed(parseRegion),
      observedAtMs: atMs,
      functions: z.array(estateFunction),
    }),
  )
  .default([]);

/** What `import --save` wrote: a file that a person or another version changed may have any other content. */
export const savedEstates = z.object({ format: z.literal(SAVED_FORMAT), estates: z.array(estate), begun });
