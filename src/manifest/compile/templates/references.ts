import type { ValuePath } from "../../../text/located/value-path.ts";
import type { GrantTemplateSpec } from "../../schema/grant-template.ts";

/** `${param.queue}` in a text of a template. */
export interface ParameterReference {
  readonly parameter: string;
  readonly text: string;
  readonly path: ValuePath;
}

/** The prefix of parameters among the variables. */
export const PARAMETER_PREFIX = "param.";

/** Every reference to a parameter, in the order of the file. */
export function referencesIn({ grants, statements }: GrantTemplateSpec): readonly ParameterReference[] {
  const found: ParameterReference[] = [];
  const visit = (value: unknown, path: ValuePath): void => {
    if (typeof value === "string") found.push(...referencesOf(value, path));
    else if (Array.isArray(value)) value.forEach((member, index) => visit(member, [...path, index]));
    else if (value !== null && typeof value === "object")
      for (const [name, member] of Object.entries(value)) visit(member, [...path, name]);
  };
  visit(grants, ["spec", "grants"]);
  visit(statements, ["spec", "statements"]);
  return found;
}

function referencesOf(text: string, path: ValuePath): readonly ParameterReference[] {
  return [...text.matchAll(/\$\{([^}]*)\}/g)].flatMap(([, name = ""]) =>
    name.startsWith(PARAMETER_PREFIX) && !name.includes(":")
      ? [{ parameter: name.slice(PARAMETER_PREFIX.length), text, path }]
      : [],
  );
}
