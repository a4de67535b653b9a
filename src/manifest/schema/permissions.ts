import { z } from "zod";
import type { Json } from "../../model/values/json.ts";
import { GRANTS } from "../grants/catalogue.ts";
import { instantText, plainText, pushIssue, REASON, type CheckContext } from "../fields/field.ts";

// The common part of FunctionPermission and ManagedPolicy: grants and IAM statements.

const grantFields = Object.fromEntries(
  Object.entries(GRANTS).map(([name, entry]) => [name, (entry.fields as z.ZodType).optional()]),
);

export const grantItem = z
  .strictObject({ ...grantFields, until: instantText().optional(), reason: plainText(REASON).optional() })
  .check((context) =>
    oneOf(
      context,
      Object.keys(GRANTS),
      "a grant of one service, such as dynamodb: {table: orders, allow: [read]}",
    ),
  );

/** One entry of `grants`: exactly one service's key, and optionally `until` and `reason`. */
export interface GrantItem {
  readonly until?: string | undefined;
  readonly reason?: string | undefined;
  readonly [grant: string]: unknown;
}

type OneOfContext = CheckContext<Readonly<Record<string, unknown>>>;

/** The missing value is then in the unknown field: one message is enough. */
export function hasUnknownField({ issues }: Pick<OneOfContext, "issues">): boolean {
  return issues.some(({ code }) => code === "unrecognized_keys");
}

/** The entry must have exactly one of the names; `form` describes one that has. */
export function oneOf(context: OneOfContext, names: readonly string[], form: string): void {
  // The unknown key was meant as the service.
  if (hasUnknownField(context)) return;
  const given = names.filter((name) => context.value[name] !== undefined);
  if (given.length === 1) return;
  const message =
    given.length === 0 ? `this entry names no service` : `this entry names several: ${given.join(", ")}`;
  pushIssue(context, [], { message, fix: `one entry is ${form}` });
}

/** A statement as an object; its content is checked by IAM's grammar, after substitution. */
export const rawStatement = z.custom<Readonly<Record<string, Json>>>(
  (value) => value !== null && typeof value === "object" && !Array.isArray(value),
  {
    error: () => "a statement must be an object with Effect, Action and Resource",
    params: { fix: "write one statement here, and an entry for each further one" },
  },
);

export const statementItem = z.strictObject({
  reason: plainText(REASON),
  until: instantText().optional(),
  statement: rawStatement,
});

export type StatementItem = z.infer<typeof statementItem>;
