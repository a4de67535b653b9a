import { z } from "zod";
import type { Json, JsonObject } from "../../model/values/json.ts";
import { GRANTS } from "../grants/catalogue.ts";
import { accountSet } from "./account-set.ts";
import { changeWindow } from "./change-window.ts";
import { exclusion } from "./exclusion.ts";
import { awsAccount } from "./aws-account.ts";
import type { Kind } from "./document.ts";
import { fieldFacts } from "../fields/field.ts";
import { CALLER_KEYS, callerItem, functionPermission } from "./function-permission.ts";
import { grantTemplate } from "./grant-template.ts";
import { guardrailProfile } from "./guardrail-profile.ts";
import { managedPolicy } from "./managed-policy.ts";
import { grantItem, rawStatement } from "./permissions.ts";
import { team } from "./team.ts";
import { waiver } from "./waiver.ts";

/** The single source for validation, completion in editors, and the reference. */
export const SCHEMAS = {
  FunctionPermission: functionPermission,
  AwsAccount: awsAccount,
  AccountSet: accountSet,
  ManagedPolicy: managedPolicy,
  Team: team,
  Waiver: waiver,
  Exclusion: exclusion,
  GuardrailProfile: guardrailProfile,
  GrantTemplate: grantTemplate,
  ChangeWindow: changeWindow,
} as const satisfies Record<Kind, z.ZodType>;

/** JSON Schema (2020-12) of a manifest of any kind, for editors. */
export function jsonSchema(): Json {
  const kinds = Object.entries(SCHEMAS).map(([kind, schema]) => ({ title: kind, ...ofSchema(schema) }));
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "Grantkeeper manifest",
    type: "object",
    required: ["apiVersion", "kind", "metadata", "spec"],
    oneOf: kinds,
  };
}

/** By kind. */
export function kindSchemas(): Readonly<Record<string, JsonObject>> {
  return Object.fromEntries(Object.entries(SCHEMAS).map(([kind, schema]) => [kind, ofSchema(schema)]));
}

/** The schema of one kind, with the patterns that its checks require of text. */
export function ofSchema(schema: z.ZodType): { readonly [name: string]: Json } {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, {
    io: "input",
    unrepresentable: "any",
    override: ({ zodSchema, jsonSchema: target }) => describe(zodSchema, target as Record<string, Json>),
  });
  return rest as { readonly [name: string]: Json };
}

type SchemaTarget = Record<string, Json>;

function describe(schema: z.core.$ZodType, target: SchemaTarget): void {
  const facts = fieldFacts(schema);
  if (facts !== undefined) {
    const { what, pattern, example } = facts.syntax;
    const isTemplate = facts.kind === "template";
    const added: SchemaTarget = {
      description: isTemplate ? `${what}; \${…} is substituted` : what,
      pattern: isTemplate ? `${pattern.source}|\\$\\{` : pattern.source,
      examples: [example.replace(/^"|"$/g, "")],
    };
    Object.assign(target, added);
  }
  if (schema === rawStatement) {
    Object.assign(target, { type: "object", description: "a statement in IAM's own words, without Sid" });
  }
  if (schema === grantItem) Object.assign(target, oneOf(Object.keys(GRANTS)));
  if (schema === callerItem) Object.assign(target, oneOf(CALLER_KEYS));
}

function oneOf(names: readonly string[]): SchemaTarget {
  return { oneOf: names.map((name) => ({ required: [name] })) };
}
