import { z } from "zod";
import { listOf, pushIssue } from "../fields/field.ts";
import { allow, allowAnywhere, type Expansion, grantEntry } from "./entry.ts";
import { companion, kmsKeyField } from "./kms.ts";
import { resourceArn, resourceField, type ResourceKind, type GrantPlace } from "../fields/resource.ts";

const PARAMETER: ResourceKind = {
  what: "an SSM parameter",
  service: "ssm",
  prefix: "parameter/",
  name: "/?[a-zA-Z0-9_.-]+(?:/[a-zA-Z0-9_.-]+)*",
  example: "/orders/limits",
};

/** The field that a verb is about; null: none, so that both may be missing if there is no other verb. */
const NEEDS = {
  read: "parameter",
  readPath: "path",
  readTree: "path",
  history: "parameter",
  list: null,
  write: "parameter",
} as const;

const fields = z
  .strictObject({
    parameter: resourceField(PARAMETER).optional(),
    path: resourceField({ ...PARAMETER, what: "a path of SSM parameters", example: "/orders" }).optional(),
    allow: listOf(z.enum(["read", "readPath", "readTree", "history", "list", "write"])),
    kmsKey: kmsKeyField().optional(),
  })
  .check((context) => {
    const { parameter, path, allow: verbs, kmsKey } = context.value;
    const isListOnly = verbs.every((verb) => verb === "list");
    const isNamed = parameter !== undefined || path !== undefined;
    if ((parameter === undefined) === (path === undefined) && (isNamed || !isListOnly)) {
      pushIssue(context, [], {
        message: "ssm takes either parameter or path",
        fix: "write one of them: path for readPath and readTree, parameter for the others; list alone needs none",
      });
      return;
    }
    if (kmsKey !== undefined && isListOnly)
      pushIssue(context, ["kmsKey"], {
        message: "list decrypts nothing: kmsKey has no effect",
        fix: "remove kmsKey, or add the verb that needs it, such as read",
      });
    for (const [index, verb] of verbs.entries()) {
      const needed = NEEDS[verb];
      if (needed === null || context.value[needed] !== undefined) continue;
      pushIssue(context, ["allow", index], {
        message: `${verb} needs ${needed}`,
        fix: `write ${needed}: ${parameter ?? path}, in an entry of its own`,
      });
    }
  });

type SsmFields = z.infer<typeof fields>;
type Verb = SsmFields["allow"][number];

const KEY_ACTIONS = {
  read: ["Decrypt"],
  readPath: ["Decrypt"],
  readTree: ["Decrypt"],
  history: ["Decrypt"],
  list: [],
  write: ["Encrypt", "GenerateDataKey"],
} as const satisfies Record<Verb, readonly ("Decrypt" | "Encrypt" | "GenerateDataKey")[]>;

export const ssm = grantEntry({
  grant: "ssm",
  fields,
  verbs: {
    read: {
      allows: "read one parameter",
      leavesOut: "read has no GetParametersByPath. For a subtree: path and allow: [readPath]",
    },
    readPath: { allows: "read all parameters below a path", leavesOut: "readPath has no GetParameter" },
    readTree: {
      allows: "read all parameters below a path, in requests for the path itself",
      leavesOut: "readTree has no requests for a path below it, and no GetParameter",
    },
    history: { allows: "read the former values of one parameter", leavesOut: "history has no GetParameter" },
    list: {
      allows: "list the names of all parameters of the account in the region",
      leavesOut: "list has no values: for them read or readPath",
    },
    write: { allows: "put one parameter", leavesOut: "write has no DeleteParameter" },
  },
  regionalFields: ["parameter", "path", "kmsKey"],
  examples: [
    { parameter: "/orders/limits", allow: ["read", "write"], kmsKey: "alias/orders" },
    { path: "/orders", allow: ["readPath"], kmsKey: "alias/orders" },
    { path: "/orders/limits", allow: ["readTree"], kmsKey: "alias/orders" },
    { parameter: "/orders/limits", allow: ["history", "list"], kmsKey: "alias/orders" },
    { allow: ["list"] },
  ],
  exact: { notOf: { readTree: ["GetParametersByPath"] } },
  expand: (grant, place) =>
    grant.allow.flatMap((verb) => [
      ...EXPAND[verb](parameterArn(grant.parameter ?? grant.path ?? "", place)),
      ...(verb === "list"
        ? []
        : companion({ verb, actions: KEY_ACTIONS[verb], service: "ssm" }, grant.kmsKey, place)),
    ]),
});

const EXPAND: Readonly<Record<Verb, (arn: string) => readonly Expansion[]>> = {
  read: (arn) => [allow("read", ["ssm:GetParameter", "ssm:GetParameters"], [arn])],
  readPath: (arn) => [allow("readPath", ["ssm:GetParametersByPath"], [arn, `${arn}/*`])],
  // A request for a path reads everything below it: SAM's policy template for parameters has no more.
  readTree: (arn) => [allow("readTree", ["ssm:GetParametersByPath"], [arn])],
  history: (arn) => [allow("history", ["ssm:GetParameterHistory"], [arn])],
  list: () => [allowAnywhere("list", ["ssm:DescribeParameters"], "DescribeParameters takes no resource")],
  write: (arn) => [allow("write", ["ssm:PutParameter"], [arn])],
};

/** The ARN of `/a/b` is `parameter/a/b`: its own slash is the one after `parameter`. */
function parameterArn(parameter: string, place: GrantPlace): string {
  return resourceArn(PARAMETER, parameter.startsWith("/") ? parameter.slice(1) : parameter, place);
}
