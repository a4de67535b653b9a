import { z } from "zod";
import { listOf, pushIssue } from "../fields/field.ts";
import { allow, type Expansion, grantEntry } from "./entry.ts";
import { companion, kmsKeyField } from "./kms.ts";
import { resourceArn, resourceField, type ResourceKind, type GrantPlace } from "../fields/resource.ts";

const PARAMETER: ResourceKind = {
  what: "an SSM parameter",
  service: "ssm",
  prefix: "parameter/",
  name: "/?[a-zA-Z0-9_.-]+(?:/[a-zA-Z0-9_.-]+)*",
  example: "/orders/limits",
};

const fields = z
  .strictObject({
    parameter: resourceField(PARAMETER).optional(),
    path: resourceField({ ...PARAMETER, what: "a path of SSM parameters", example: "/orders" }).optional(),
    allow: listOf(z.enum(["read", "readPath", "write"])),
    kmsKey: kmsKeyField().optional(),
  })
  .check((context) => {
    const { parameter, path, allow: verbs } = context.value;
    if ((parameter === undefined) === (path === undefined)) {
      pushIssue(context, [], {
        message: "ssm takes either parameter or path",
        fix: "write one of them: parameter for read and write, path for readPath",
      });
      return;
    }
    for (const [index, verb] of verbs.entries()) {
      const needed = verb === "readPath" ? "path" : "parameter";
      if (context.value[needed] !== undefined) continue;
      pushIssue(context, ["allow", index], {
        message: `${verb} needs ${needed}`,
        fix: `write ${needed}: ${parameter ?? path}, in an entry of its own`,
      });
    }
  });

type Fields = z.infer<typeof fields>;

const KEY_ACTIONS = {
  read: ["Decrypt"],
  readPath: ["Decrypt"],
  write: ["Encrypt", "GenerateDataKey"],
} as const satisfies Record<Fields["allow"][number], readonly ("Decrypt" | "Encrypt" | "GenerateDataKey")[]>;

export const ssm = grantEntry({
  grant: "ssm",
  fields,
  verbs: {
    read: {
      allows: "read one parameter",
      leavesOut: "read has no GetParametersByPath. For a subtree: path and allow: [readPath]",
    },
    readPath: { allows: "read all parameters below a path", leavesOut: "readPath has no GetParameter" },
    write: { allows: "put one parameter", leavesOut: "write has no DeleteParameter" },
  },
  regionalFields: ["parameter", "path", "kmsKey"],
  examples: [
    { parameter: "/orders/limits", allow: ["read", "write"], kmsKey: "alias/orders" },
    { path: "/orders", allow: ["readPath"], kmsKey: "alias/orders" },
  ],
  expand: (grant, place) =>
    grant.allow.flatMap((verb) => [
      ...EXPAND[verb](parameterArn(String(grant.parameter ?? grant.path), place)),
      ...companion({ verb, actions: KEY_ACTIONS[verb], service: "ssm" }, grant.kmsKey, place),
    ]),
});

const EXPAND: Readonly<Record<Fields["allow"][number], (arn: string) => readonly Expansion[]>> = {
  read: (arn) => [allow("read", ["ssm:GetParameter", "ssm:GetParameters"], [arn])],
  readPath: (arn) => [allow("readPath", ["ssm:GetParametersByPath"], [arn, `${arn}/*`])],
  write: (arn) => [allow("write", ["ssm:PutParameter"], [arn])],
};

/** The ARN of `/a/b` is `parameter/a/b`: its own slash is the one after `parameter`. */
function parameterArn(written: string, place: GrantPlace): string {
  return resourceArn(PARAMETER, written.startsWith("/") ? written.slice(1) : written, place);
}
