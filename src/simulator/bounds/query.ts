import { type Operation, SimulatedError } from "../contract.ts";
import { violations, violationsMessage } from "./check.ts";
import type { Bounds, Shape } from "./shape.ts";

/**
 * Shapes whose pattern IAM checks with a different message ("The specified value for roleName is invalid."): the
 * operations check them. For a document, the policy grammar creates the message.
 */
const OWN_WORDS = new Set([
  "instanceProfileNameType",
  "pathType",
  "policyDocumentType",
  "policyNameType",
  "policyPathType",
  "roleNameType",
]);

/** The operations of a service, with AWS's validation of their input. @param code of the error: that of an awsQuery service */
export function bounded<State>(
  bounds: Bounds,
  operations: Readonly<Record<string, Operation<State>>>,
  code = "ValidationError",
): Readonly<Record<string, Operation<State>>> {
  const shapes = Object.fromEntries(
    Object.entries(bounds.shapes).map(([name, shape]) => [name, OWN_WORDS.has(name) ? sized(shape) : shape]),
  );
  const checked = (name: string, operation: Operation<State>): Operation<State> => {
    return (state, input, call) => {
      const found = violations({ ...bounds, shapes }, name, input);
      if (found.length === 0) return operation(state, input, call);
      throw new SimulatedError(code, violationsMessage(found), 400);
    };
  };
  return Object.fromEntries(
    Object.entries(operations).map(([name, operation]) => [name, checked(name, operation)]),
  );
}

function sized(shape: Shape): Shape {
  if (shape.kind !== "value") return shape;
  const { pattern: _, ...size } = shape;
  return size;
}
