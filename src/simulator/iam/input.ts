import { type Input, SimulatedError } from "../contract.ts";
import type { IamTag } from "./state.ts";

/** The codec has checked the types, and the bounds have checked lengths and patterns. */
export function requiredInput(input: Input, name: string): string {
  const value = input[name];
  if (typeof value !== "string") throw new Error(`the codec let ${name} through as ${typeof value}`);
  return value;
}

export function optionalText(input: Input, name: string): string | undefined {
  return input[name] === undefined ? undefined : requiredInput(input, name);
}

export function optionalNumber(input: Input, name: string): number | undefined {
  const value = input[name];
  return typeof value === "number" ? value : undefined;
}

export function requiredInputs(input: Input, name: string): readonly string[] {
  return ((input[name] ?? []) as readonly unknown[]).map(String);
}

export function iamValidationError(message: string): SimulatedError {
  return new SimulatedError("ValidationError", message, 400);
}

/** The name of a role, policy or instance profile; the bounds check its length. */
export function nameOf(input: Input, member: string): string {
  const name = requiredInput(input, member);
  if (/^[\w+=,.@-]+$/.test(name)) return name;
  const field = member.charAt(0).toLowerCase() + member.slice(1);
  throw iamValidationError(
    `The specified value for ${field} is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-`,
  );
}

export function pathOf(input: Input): string {
  const path = optionalText(input, "Path") ?? "/";
  if (/^\/([\u0021-\u007E]+\/)?$/.test(path)) return path;
  throw iamValidationError(
    "The specified value for path is invalid. It must begin and end with / and contain only alphanumeric characters and/or / characters.",
  );
}

/** A policy ARN of any account. */
export function policyArnOf(input: Input): string {
  const arn = requiredInput(input, "PolicyArn");
  if (/^arn:[^:]+:iam::(\d{12}|aws):policy\/.+$/.test(arn)) return arn;
  throw iamValidationError("Invalid ARN:  Could not be parsed!");
}

/** @param fold normalizes a key for comparison: keys of role tags ignore case, keys of policy tags do not */
export function tagsOfInput(input: Input, fold: (key: string) => string): readonly IamTag[] {
  const tags = ((input["Tags"] ?? []) as readonly Partial<IamTag>[]).map(({ Key, Value }) => ({
    Key: Key ?? "",
    Value: Value ?? "",
  }));
  if (tags.some(({ Key }) => Key.toLowerCase().startsWith("aws:")))
    throw invalidInput("System tags are not allowed to be set by the customer.");
  if (new Set(tags.map(({ Key }) => fold(Key))).size === tags.length) return tags;
  throw invalidInput("Duplicate tag keys found. Please note that Tag keys are case insensitive.");
}

function invalidInput(message: string): SimulatedError {
  return new SimulatedError("InvalidInput", message, 400);
}

export function noSuchEntity(message: string): SimulatedError {
  return new SimulatedError("NoSuchEntity", message, 404);
}

export function alreadyExists(message: string): SimulatedError {
  return new SimulatedError("EntityAlreadyExists", message, 409);
}

export function deleteConflict(message: string): SimulatedError {
  return new SimulatedError("DeleteConflict", message, 409);
}

export function limitExceeded(message: string): SimulatedError {
  return new SimulatedError("LimitExceeded", message, 409);
}
