import type { Input, Operation } from "../contract.ts";
import { SimulatedError } from "../contract.ts";

/** What AWS's model says of one input member; it is checked before anything else. */
interface Constraint {
  /** As AWS prints it. */
  readonly pattern?: string;
  readonly longest?: number;
  readonly oneOf?: readonly string[];
}

export type Constraints = Readonly<Record<string, Constraint>>;

/** The operation behind AWS's validation of its input; all violations are told at once. */
export function validated<State>(constraints: Constraints, operation: Operation<State>): Operation<State> {
  return (state, input, call) => {
    const found = Object.entries(constraints).flatMap(([member, constraint]) =>
      violations(input, member, constraint),
    );
    if (found.length > 0) throw validationError(found);
    return operation(state, input, call);
  };
}

function violations(input: Input, member: string, constraint: Constraint): readonly string[] {
  const value = input[member];
  if (typeof value !== "string") return [];
  const broken = (text: string): string =>
    `Value '${value}' at '${fieldName(member)}' failed to satisfy constraint: ${text}`;
  const { pattern, longest, oneOf } = constraint;
  return [
    ...(longest !== undefined && value.length > longest
      ? [broken(`Member must have length less than or equal to ${longest}`)]
      : []),
    ...(pattern !== undefined && !matches(pattern, value)
      ? [broken(`Member must satisfy regular expression pattern: ${pattern}`)]
      : []),
    ...(oneOf !== undefined && !oneOf.includes(value)
      ? [broken(`Member must satisfy enum value set: [${oneOf.join(", ")}]`)]
      : []),
  ];
}

/** The whole value has to match. */
function matches(pattern: string, value: string): boolean {
  return new RegExp(`^(?:${pattern})$`).test(value);
}

function fieldName(member: string): string {
  return member.charAt(0).toLowerCase() + member.slice(1);
}

export function validationError(violations: readonly string[]): SimulatedError {
  const count = violations.length === 1 ? "1 validation error" : `${violations.length} validation errors`;
  return new SimulatedError("ValidationException", `${count} detected: ${violations.join("; ")}`, 400);
}
