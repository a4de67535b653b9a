import { type Call, type Input, own } from "../contract.ts";
import { lambdaAccessDenied, invalidParameter, functionNotFound } from "./errors.ts";
import { optionalJsonText, requiredText } from "./input.ts";
import type { FunctionState, LambdaState } from "./state.ts";

/** The function that a call names with FunctionName (a name, an ARN or part of an ARN) and Qualifier. */
export interface FunctionReference {
  readonly name: string;
  readonly qualifier: string | undefined;
}

const FUNCTION_NAME =
  /^(?:arn:[^:]+:lambda:)?(?:(?<region>[a-z][a-z-]+-\d):)?(?:(?<account>\d{12}):)?(?:function:)?(?<name>[\w.-]+)(?::(?<qualifier>[\w$.-]+))?$/;

/** Expects a FunctionName that matches the published pattern. */
export function functionReferenceOf(input: Input, call: Call): FunctionReference {
  const given = FUNCTION_NAME.exec(requiredText(input, "FunctionName"))?.groups ?? {};
  const { region, account, name = "", qualifier: derived } = given;
  const qualifier = optionalJsonText(input, "Qualifier");
  if (region !== undefined && region !== call.region) {
    throw functionNotFound(`Functions from '${region}' are not reachable in this region ('${call.region}')`);
  }
  if (account !== undefined && account !== call.accountId) {
    throw lambdaAccessDenied(
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

/** For operations on the complete function. */
export function unqualifiedReferenceOf(input: Input, call: Call): FunctionReference {
  const target = functionReferenceOf(input, call);
  if (target.qualifier === undefined) return target;
  throw invalidParameter(
    "This operation is permitted on Lambda functions only. Aliases and versions do not support this operation. " +
      "Please specify either a function name or an unqualified function ARN.",
  );
}

export function targetArnText(call: Call, { name, qualifier }: FunctionReference): string {
  const arn = `arn:${call.partition}:lambda:${call.region}:${call.accountId}:function:${name}`;
  return qualifier === undefined ? arn : `${arn}:${qualifier}`;
}

/** @throws SimulatedError if there is no such function */
export function functionAt(state: LambdaState, target: FunctionReference, call: Call): FunctionState {
  const found = own(state.functions, target.name);
  if (found === undefined) throw functionNotFound(`Function not found: ${targetArnText(call, target)}`);
  return found;
}

/** The version of a qualifier; for an alias, the version that it points to. */
export function versionAt(found: FunctionState, target: FunctionReference, call: Call): string {
  const { qualifier = "$LATEST" } = target;
  const version = own(found.aliases, qualifier)?.version ?? qualifier;
  if (own(found.versions, version) === undefined)
    throw functionNotFound(`Function not found: ${targetArnText(call, target)}`);
  return version;
}

export function isAliasName(qualifier: string): boolean {
  return /^(?!\d+$)[\w-]+$/.test(qualifier);
}
