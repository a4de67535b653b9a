import type { Call, Input } from "../contract.ts";
import { accessDenied, invalidParameter, notFound } from "./errors.ts";
import { optionalText, requiredText } from "./input.ts";
import type { FunctionState, LambdaState } from "./state.ts";

/** What a call names by FunctionName (a name, an ARN or a part of one) and Qualifier. */
export interface Target {
  readonly name: string;
  readonly qualifier: string | undefined;
}

const FUNCTION_NAME =
  /^(?:arn:[^:]+:lambda:)?(?:(?<region>[a-z][a-z-]+-\d):)?(?:(?<account>\d{12}):)?(?:function:)?(?<name>[\w.-]+)(?::(?<qualifier>[\w$.-]+))?$/;

/** Expects a FunctionName of the published pattern. */
export function targetOf(input: Input, call: Call): Target {
  const given = FUNCTION_NAME.exec(requiredText(input, "FunctionName"))?.groups ?? {};
  const { region, account, name = "", qualifier: derived } = given;
  const qualifier = optionalText(input, "Qualifier");
  if (region !== undefined && region !== call.region) {
    throw notFound(`Functions from '${region}' are not reachable in this region ('${call.region}')`);
  }
  if (account !== undefined && account !== call.accountId) {
    throw accessDenied(
      `User: ${call.principalArn} is not authorized to access function:${name} of account ${account} ` +
        "because no resource-based policy allows it",
    );
  }
  if (derived !== undefined && qualifier !== undefined && derived !== qualifier) {
    throw invalidParameter(
      "The derived qualifier from the function name does not match the specified qualifier.",
    );
  }
  return { name, qualifier: qualifier ?? derived };
}

/** For operations on the function as a whole. */
export function unqualifiedTargetOf(input: Input, call: Call): Target {
  const target = targetOf(input, call);
  if (target.qualifier === undefined) return target;
  throw invalidParameter(
    "This operation is permitted on Lambda functions only. Aliases and versions do not support this operation. " +
      "Please specify either a function name or an unqualified function ARN.",
  );
}

export function arnOf(call: Call, { name, qualifier }: Target): string {
  const arn = `arn:${call.partition}:lambda:${call.region}:${call.accountId}:function:${name}`;
  return qualifier === undefined ? arn : `${arn}:${qualifier}`;
}

/** @throws SimulatedError when there is no such function */
export function functionAt(state: LambdaState, target: Target, call: Call): FunctionState {
  const found = own(state.functions, target.name);
  if (found === undefined) throw notFound(`Function not found: ${arnOf(call, target)}`);
  return found;
}

/** The version that a qualifier means: an alias means the version that it points to. */
export function versionAt(found: FunctionState, target: Target, call: Call): string {
  const { qualifier = "$LATEST" } = target;
  const version = own(found.aliases, qualifier)?.version ?? qualifier;
  if (own(found.versions, version) === undefined)
    throw notFound(`Function not found: ${arnOf(call, target)}`);
  return version;
}

export function isAliasName(qualifier: string): boolean {
  return /^(?!\d+$)[\w-]+$/.test(qualifier);
}

/** The value of an own member: names such as "constructor" are no members of a plain object. */
export function own<Value>(record: Readonly<Record<string, Value>>, key: string): Value | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}
