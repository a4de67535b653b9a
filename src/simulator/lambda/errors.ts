import { SimulatedError } from "../contract.ts";

export function invalidParameter(message: string): SimulatedError {
  return new SimulatedError("InvalidParameterValueException", message, 400);
}

export function functionNotFound(message: string): SimulatedError {
  return new SimulatedError("ResourceNotFoundException", message, 404);
}

export function conflict(message: string): SimulatedError {
  return new SimulatedError("ResourceConflictException", message, 409);
}

/** @param reads the operations that return the latest revision id, as AWS names them */
export function preconditionFailed(reads: "GetPolicy" | "GetFunction/GetAlias"): SimulatedError {
  const message =
    "The Revision Id provided does not match the latest Revision Id. " +
    `Call the ${reads} API to retrieve the latest Revision Id`;
  return new SimulatedError("PreconditionFailedException", message, 412);
}

export function lambdaAccessDenied(message: string): SimulatedError {
  return new SimulatedError("AccessDeniedException", message, 403);
}
