import {
  fieldName,
  shownBound,
  type ValueShape,
  violatedConstraints,
  violation,
  violations,
  violationsMessage,
} from "../bounds/check.ts";
import { LAMBDA_BOUNDS } from "../bounds/models.ts";
import { type Input, type Operation, SimulatedError } from "../contract.ts";

/**
 * Members whose recorded answers differ from AWS's model, in the order of the answers; they are not checked against the
 * model. Null if the operation itself checks the member, with its own message.
 */
export type Constraints = Readonly<Record<string, ValueShape | null>>;

/** The operation with AWS's validation of its input; one answer lists all violations. */
export function validated<State>(
  name: string,
  constraints: Constraints,
  operation: Operation<State>,
): Operation<State> {
  return (state, input, call) => {
    const others = Object.entries(input).filter(([member]) => !Object.hasOwn(constraints, member));
    const found = [
      ...recordedViolations(constraints, input),
      ...violations(LAMBDA_BOUNDS, name, Object.fromEntries(others)),
    ];
    if (found.length > 0) throw validationError(found);
    return operation(state, input, call);
  };
}

function recordedViolations(constraints: Constraints, input: Input): readonly string[] {
  return Object.entries(constraints).flatMap(([member, shape]) => {
    const value = input[member];
    if (shape === null || value === undefined) return [];
    return violatedConstraints(shape, value).map((text) =>
      violation(shownBound(value), fieldName(member), text),
    );
  });
}

export function validationError(found: readonly string[]): SimulatedError {
  return new SimulatedError("ValidationException", violationsMessage(found), 400);
}
