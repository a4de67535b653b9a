import { z } from "zod";
import type { JsonObject } from "../../model/values/json.ts";
import { CALLERS } from "../callers/catalogue.ts";
import { manifestOf, teamMetadata } from "./document.ts";
import { durationText } from "../fields/duration.ts";
import { listOf, plainText, pushIssue, REASON, shown, templateText } from "../fields/field.ts";
import {
  DESCRIPTION,
  FUNCTION_NAME,
  LOG_GROUP,
  LOG_GROUP_PREFIX,
  OBJECT_NAME,
  QUALIFIER,
  REGION,
  ROLE_NAME,
  ROLE_PATH,
  TAG_KEY,
  TAG_VALUE,
} from "../fields/names.ts";
import { rolePathProblem } from "../fields/role-path.ts";
import { templateUses } from "./template-use.ts";
import { grantItem, oneOf, rawStatement, statementItem, type GrantItem } from "./permissions.ts";

const callerFields = Object.fromEntries(
  Object.entries(CALLERS).map(([name, entry]) => [name, (entry.fields as z.ZodType).optional()]),
);

/** The keys of which an entry of `invokedBy` has exactly one. */
export const CALLER_KEYS: readonly string[] = [...Object.keys(CALLERS), "statement"];

export const callerItem = z
  .strictObject({
    ...callerFields,
    statement: rawStatement.optional(),
    qualifier: templateText(QUALIFIER).optional(),
    reason: plainText(REASON).optional(),
  })
  .check((context) => {
    oneOf(context, CALLER_KEYS, "a caller of one service, such as s3: {bucket: uploads}");
    const { statement, reason } = context.value;
    if (statement === undefined || reason !== undefined) return;
    pushIssue(context, [], {
      message: "a statement needs a reason",
      fix: 'write reason: next to statement, such as reason: "ORD-77: no caller for it yet"',
    });
  });

/** One entry of `invokedBy`: exactly one caller's key, and optionally `qualifier` and `reason`. */
export interface CallerItem {
  readonly qualifier?: string | undefined;
  readonly reason?: string | undefined;
  readonly statement?: JsonObject | undefined;
  readonly [caller: string]: unknown;
}

const roleTags = z.record(z.string(), templateText(TAG_VALUE)).check((context) => {
  const seen = new Set<string>();
  for (const key of Object.keys(context.value)) {
    if (!TAG_KEY.pattern.test(key))
      pushIssue(context, [key], {
        message: `${JSON.stringify(key)} is not ${TAG_KEY.what}`,
        fix: "choose another key",
      });
    if (seen.has(key.toLowerCase()))
      pushIssue(context, [key], {
        message: `the tag ${key} differs from another only in case: IAM takes them for one`,
        fix: "keep one of them",
      });
    seen.add(key.toLowerCase());
  }
  // AWS allows 50 tags in total, and two of them are the ownership tags.
  if (seen.size > 48)
    pushIssue(context, [], {
      message: `${seen.size} tags: a role can have 48, and the two of Grantkeeper`,
      fix: "remove some",
    });
});

const roleFields = z.strictObject({
  name: templateText(ROLE_NAME).optional(),
  path: templateText(ROLE_PATH).optional(),
  boundary: plainText(OBJECT_NAME).optional(),
  adopt: z.enum(["never", "reviewed"]).optional(),
  tags: roleTags.optional(),
  description: templateText(DESCRIPTION).optional(),
  maxSessionDuration: durationText({ units: "hms", min: "1h", max: "12h", example: "2h" }).optional(),
});

const role = roleFields.check((context) => {
  const { adopt = "never", name, path } = context.value;
  if (adopt === "reviewed") {
    // A default is no guess at the name of a role that exists.
    for (const [field, value] of Object.entries({ name, path }))
      if (value === undefined)
        pushIssue(context, ["adopt"], {
          message: `adopt: reviewed takes over a role that exists: its ${field} is required`,
          fix: `write ${field}: as it is in AWS`,
        });
  }
  const problem = path === undefined || path.includes("${") ? null : rolePathProblem(path, adopt);
  if (problem !== null) pushIssue(context, ["path"], problem);
});

const logs = z
  .strictObject({
    group: templateText(LOG_GROUP).optional(),
    groupPrefix: templateText(LOG_GROUP_PREFIX).optional(),
    create: z.boolean().optional(),
    tag: z.boolean().optional(),
  })
  .check((context) => {
    const { group, groupPrefix, create, tag } = context.value;
    if (group !== undefined && groupPrefix !== undefined)
      pushIssue(context, ["groupPrefix"], {
        message: "logs takes either group or groupPrefix",
        fix: "keep group: the function writes to one log group",
      });
    if (tag !== undefined && groupPrefix === undefined)
      pushIssue(context, ["tag"], { message: "tag needs groupPrefix", fix: "remove tag" });
    if (tag === true && create === false)
      pushIssue(context, ["tag"], {
        message: "tag is for groups that the function creates, and create is false",
        fix: "remove one of the two",
      });
  });

/** A ManagedPolicy of the same namespace, `platform/NAME`, or the ARN of an AWS-managed policy. */
const POLICY_REFERENCE = {
  what: "a ManagedPolicy's name, platform/NAME, or the ARN of an AWS-managed policy",
  pattern:
    /^((platform\/)?[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?|arn:aws[a-z-]*:iam::aws:policy\/([\w+=,.@-]+\/)*[\w+=,.@-]{1,128})$/,
  example: "audit-read",
  meant: (text: string) => (/^[A-Z][\w+=,.@-]*$/.test(text) ? `arn:aws:iam::aws:policy/${text}` : undefined),
};

/** Other namespaces and accounts are not possible: no team holds up another one. */
const DEPENDENCY = {
  ...OBJECT_NAME,
  advice: (text: string) => {
    const name = text.split("@")[0]?.split(/[/:]/).at(-1) ?? "";
    if (!/[/@:]/.test(text) || !OBJECT_NAME.pattern.test(name)) return undefined;
    return `write ${name} if it is a function of this namespace. If it is of another one, remove it: dependsOn can only order functions of one namespace, in the same account and region`;
  },
};

/** The correction is the complete field. */
function namedOnce(member: z.ZodString): z.ZodArray<z.ZodString> {
  return z.array(member).check((context) => {
    const { value } = context;
    if (value.length === 0)
      pushIssue(context, [], { message: "the list is empty", fix: "name at least one, or remove dependsOn" });
    const twice = value.findIndex((name, at) => value.indexOf(name) !== at);
    if (twice < 0) return;
    const message = `duplicate value ${shown(value[twice] ?? "")}`;
    pushIssue(context, [twice], { message, fix: `write dependsOn: [${[...new Set(value)].join(", ")}]` });
  });
}

export const functionPermission = manifestOf(
  "FunctionPermission",
  teamMetadata,
  z.strictObject({
    function: templateText(FUNCTION_NAME).optional(),
    targets: listOf(
      z.strictObject({ accounts: listOf(plainText(OBJECT_NAME)), regions: listOf(plainText(REGION)) }),
    ),
    mode: z.enum(["observe", "enforce", "release"]).optional(),
    role: role.optional(),
    functionRole: z.enum(["verify", "manage"]).optional(),
    logs: z.union([z.literal(false), logs]).optional(),
    tracing: z.boolean().optional(),
    vpc: z.boolean().optional(),
    isolation: z.enum(["none", "pinned"]).optional(),
    grants: z.array(grantItem).optional(),
    statements: z.array(statementItem).optional(),
    templates: templateUses.optional(),
    managedPolicies: listOf(plainText(POLICY_REFERENCE)).optional(),
    invokedBy: z.array(callerItem).optional(),
    dependsOn: namedOnce(plainText(DEPENDENCY)).optional(),
    undeclaredCallers: z.enum(["report", "remove"]).optional(),
    deletionPolicy: z.enum(["retain", "delete"]).optional(),
  }),
);

type FunctionPermissionDocument = z.infer<typeof functionPermission>;

/** The type after the schema's checks, with the catalogues' entries distinguished by their key. */
export interface FunctionPermissionSpec extends Omit<
  FunctionPermissionDocument["spec"],
  "grants" | "invokedBy"
> {
  readonly grants?: readonly GrantItem[] | undefined;
  readonly invokedBy?: readonly CallerItem[] | undefined;
}
