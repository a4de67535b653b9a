import type { Input } from "../contract.ts";
import { SimulatedError } from "../contract.ts";
import type { Tag } from "./state.ts";

/** Types were checked by the codec, so a text is a text here; lengths and patterns are not in the published schemas. */
export function text(input: Input, name: string): string {
  const value = input[name];
  if (typeof value !== "string") throw new Error(`the codec let ${name} through as ${typeof value}`);
  return value;
}

export function optionalText(input: Input, name: string): string | undefined {
  return input[name] === undefined ? undefined : text(input, name);
}

export function optionalNumber(input: Input, name: string): number | undefined {
  const value = input[name];
  return typeof value === "number" ? value : undefined;
}

export function texts(input: Input, name: string): readonly string[] {
  return ((input[name] ?? []) as readonly unknown[]).map(String);
}

export function validationError(message: string): SimulatedError {
  return new SimulatedError("ValidationError", message, 400);
}

/** The service's own words for a value against its model. */
export function constraintError(name: string, value: string, constraint: string): SimulatedError {
  const member = name.charAt(0).toLowerCase() + name.slice(1);
  return validationError(
    `1 validation error detected: Value '${value}' at '${member}' failed to satisfy constraint: Member must ${constraint}`,
  );
}

/** A name of a role, policy or instance profile. */
export function nameOf(input: Input, member: string, maxLength: number): string {
  const name = text(input, member);
  if (name.length < 1) throw constraintError(member, name, "have length greater than or equal to 1");
  if (name.length > maxLength)
    throw constraintError(member, name, `have length less than or equal to ${maxLength}`);
  if (/^[\w+=,.@-]+$/.test(name)) return name;
  const field = member.charAt(0).toLowerCase() + member.slice(1);
  throw validationError(
    `The specified value for ${field} is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-`,
  );
}

export function pathOf(input: Input): string {
  const path = optionalText(input, "Path") ?? "/";
  if (path.length <= 512 && /^\/([\u0021-\u007E]+\/)?$/.test(path)) return path;
  throw validationError(
    "The specified value for path is invalid. It must begin and end with / and contain only alphanumeric characters and/or / characters.",
  );
}

export function descriptionOf(input: Input): string | undefined {
  const description = optionalText(input, "Description");
  if (description === undefined) return undefined;
  if (description.length > 1_000)
    throw constraintError("Description", description, "have length less than or equal to 1000");
  if (/^[\u0009\u000A\u000D\u0020-\u007E\u00A1-\u00FF]*$/.test(description)) return description;
  throw constraintError(
    "Description",
    description,
    String.raw`satisfy regular expression pattern: [\u0009\u000A\u000D\u0020-\u007E\u00A1-\u00FF]*`,
  );
}

export function maxSessionOf(input: Input): number | undefined {
  const seconds = optionalNumber(input, "MaxSessionDuration");
  if (seconds === undefined) return undefined;
  if (seconds < 3_600)
    throw constraintError("MaxSessionDuration", String(seconds), "have value greater than or equal to 3600");
  if (seconds > 43_200)
    throw constraintError("MaxSessionDuration", String(seconds), "have value less than or equal to 43200");
  return seconds;
}

/** A policy ARN of any account. */
export function policyArnOf(input: Input, member = "PolicyArn"): string {
  const arn = text(input, member);
  if (/^arn:[^:]+:iam::(\d{12}|aws):policy\/.+$/.test(arn)) return arn;
  throw validationError("Invalid ARN:  Could not be parsed!");
}

/** @param fold how two keys are compared: keys of role tags ignore case, those of policy tags do not */
export function tagsOf(input: Input, fold: (key: string) => string): readonly Tag[] {
  const tags = ((input["Tags"] ?? []) as readonly Partial<Tag>[]).map(({ Key, Value }) => ({
    Key: Key ?? "",
    Value: Value ?? "",
  }));
  for (const tag of tags) checkTag(tag);
  if (new Set(tags.map(({ Key }) => fold(Key))).size === tags.length) return tags;
  throw invalidInput("Duplicate tag keys found. Please note that Tag keys are case insensitive.");
}

function checkTag({ Key, Value }: Tag): void {
  const characters = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;
  if (Key.length < 1) throw constraintError("Tags.member.key", Key, "have length greater than or equal to 1");
  if (Key.length > 128)
    throw constraintError("Tags.member.key", Key, "have length less than or equal to 128");
  if (Value.length > 256)
    throw constraintError("Tags.member.value", Value, "have length less than or equal to 256");
  const wrong = [Key, Value].find((each) => !characters.test(each));
  if (wrong !== undefined) {
    throw constraintError(
      "Tags.member",
      wrong,
      String.raw`satisfy regular expression pattern: [\p{L}\p{Z}\p{N}_.:/=+\-@]*`,
    );
  }
  if (Key.toLowerCase().startsWith("aws:"))
    throw invalidInput("System tags are not allowed to be set by the customer.");
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
