import type { ValuePath } from "../../../text/located/value-path.ts";
import type { GrantTemplateSpec } from "../../schema/grant-template.ts";

/** `${account.id}` in a text of a template. */
export interface VariableReference {
  readonly name: string;
  readonly text: string;
  readonly path: ValuePath;
}

/** `${param.queue}` in a text of a template. */
export interface ParameterReference extends VariableReference {
  readonly parameter: string;
}

/** The prefix of parameters among the variables. */
export const PARAMETER_PREFIX = "param.";

/** Every reference to a variable, in the order of the file. IAM's own variables have a colon or are one character. */
export function variablesIn({ grants, statements }: GrantTemplateSpec): readonly VariableReference[] {
  const found: VariableReference[] = [];
  const visit = (value: unknown, path: ValuePath): void => {
    if (typeof value === "string") found.push(...variablesOf(value, path));
    else if (Array.isArray(value)) value.forEach((member, index) => visit(member, [...path, index]));
    else if (value !== null && typeof value === "object")
      for (const [name, member] of Object.entries(value)) visit(member, [...path, name]);
  };
  visit(grants, ["spec", "grants"]);
  visit(statements, ["spec", "statements"]);
  return found;
}

export function parametersIn(references: readonly VariableReference[]): readonly ParameterReference[] {
  return references.flatMap((reference) =>
    reference.name.startsWith(PARAMETER_PREFIX)
      ? [{ ...reference, parameter: reference.name.slice(PARAMETER_PREFIX.length) }]
      : [],
  );
}

function variablesOf(text: string, path: ValuePath): readonly VariableReference[] {
  return [...text.matchAll(/\$\{([^}]*)\}/g)].flatMap(([, name = ""]) =>
    name.includes(":") || /^[*?$]$/.test(name) ? [] : [{ name, text, path }],
  );
}
