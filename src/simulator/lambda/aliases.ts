import { type Call, type Input, type Operation, type Output, own } from "../contract.ts";
import { conflict, invalidParameter, functionNotFound, preconditionFailed } from "./errors.ts";
import { optionalObject, optionalJsonText, requiredText } from "./input.ts";
import { lambdaListing } from "./paging.ts";
import type { AliasState, FunctionState, LambdaState } from "./state.ts";
import { targetArnText, functionAt, unqualifiedReferenceOf } from "./target.ts";
import { validationError } from "./validation.ts";

export const createAlias: Operation<LambdaState> = (state, input, call) => {
  const { name: functionName } = unqualifiedReferenceOf(input, call);
  const version = requiredText(input, "FunctionVersion");
  const fn = functionAt(state, { name: functionName, qualifier: version }, call);
  const name = requiredText(input, "Name");
  const weights = weightsOf(input);
  checkRouting(fn, { version, weights }, call);
  if (own(fn.aliases, name) !== undefined) {
    throw conflict(`Alias already exists: ${targetArnText(call, { name: functionName, qualifier: name })}`);
  }
  const description = optionalJsonText(input, "Description") ?? "";
  const alias = { name, version, description, weights, revisionId: call.newId("") };
  fn.aliases[name] = alias;
  return shownAlias(fn, alias, call);
};

export const updateAlias: Operation<LambdaState> = (state, input, call) => {
  const { found, alias } = aliasOr("Alias not found:")(state, input, call);
  const revisionId = optionalJsonText(input, "RevisionId");
  if (revisionId !== undefined && revisionId !== alias.revisionId)
    throw preconditionFailed("GetFunction/GetAlias");
  const version = optionalJsonText(input, "FunctionVersion") ?? alias.version;
  const weights = input["RoutingConfig"] === undefined ? alias.weights : weightsOf(input);
  checkRouting(found, { version, weights }, call);
  const description = optionalJsonText(input, "Description") ?? alias.description;
  const updated = { ...alias, version, description, weights, revisionId: call.newId("") };
  found.aliases[alias.name] = updated;
  return shownAlias(found, updated, call);
};

/** Deleting a missing alias succeeds. The policy and settings of the alias are deleted with it. */
export const deleteAlias: Operation<LambdaState> = (state, input, call) => {
  const fn = functionAt(state, unqualifiedReferenceOf(input, call), call);
  const name = requiredText(input, "Name");
  delete fn.aliases[name];
  delete fn.policies[name];
  delete fn.urls[name];
  delete fn.eventInvokeConfigs[name];
  return {};
};

export const getAlias: Operation<LambdaState> = (state, input, call) => {
  const { found, alias } = aliasOr("Cannot find alias arn:")(state, input, call);
  return shownAlias(found, alias, call);
};

export const listAliases: Operation<LambdaState> = (state, input, call) => {
  const fn = functionAt(state, unqualifiedReferenceOf(input, call), call);
  const version = optionalJsonText(input, "FunctionVersion");
  const items = Object.values(fn.aliases).filter(
    (alias) =>
      version === undefined || alias.version === version || own(alias.weights, version) !== undefined,
  );
  const show = (alias: AliasState): Output => shownAlias(fn, alias, call);
  return lambdaListing("Aliases", { items, keyOf: ({ name }) => name, most: 50, show }, input);
};

/** @param refusal the start of the error message, which differs between AWS's operations */
function aliasOr(
  refusal: string,
): (
  state: LambdaState,
  input: Input,
  call: Call,
) => { readonly found: FunctionState; readonly alias: AliasState } {
  return (state, input, call) => {
    const { name: functionName } = unqualifiedReferenceOf(input, call);
    const name = requiredText(input, "Name");
    const target = { name: functionName, qualifier: name };
    const fn = own(state.functions, functionName);
    const alias = fn === undefined ? undefined : own(fn.aliases, name);
    if (fn === undefined || alias === undefined)
      throw functionNotFound(`${refusal} ${targetArnText(call, target)}`);
    return { found: fn, alias };
  };
}

function weightsOf(input: Input): Readonly<Record<string, number>> {
  const weights =
    optionalObject(optionalObject(input, "RoutingConfig") ?? {}, "AdditionalVersionWeights") ?? {};
  const entries = Object.entries(weights).map(([version, weight]): [string, number] => [
    version,
    Number(weight),
  ]);
  for (const [version, weight] of entries) checkWeight(version, weight);
  if (entries.length > 1) {
    throw invalidParameter("Number of items in AdditionalVersionWeights cannot be greater than 1");
  }
  return Object.fromEntries(entries);
}

function checkWeight(version: string, weight: number): void {
  const shown = Number.isInteger(weight) ? weight.toFixed(1) : String(weight);
  const broken = `Value '{${version}=${shown}}' at 'routingConfig.additionalVersionWeights' failed to satisfy constraint:`;
  if (!/^[0-9]+$/.test(version)) {
    throw validationError([
      `${broken} Map keys must satisfy constraint: [Member must have length less than or equal to 1024, ` +
        "Member must have length greater than or equal to 1, Member must satisfy regular expression pattern: [0-9]+]",
    ]);
  }
  if (weight >= 0 && weight <= 1) return;
  throw validationError([
    `${broken} Map value must satisfy constraint: [Member must have value less than or equal to 1.0, ` +
      "Member must have value greater than or equal to 0.0, Member must not be null]",
  ]);
}

/** An alias with two versions requires that both are published, different, and on the same execution role. */
function checkRouting(
  found: FunctionState,
  { version, weights }: Pick<AliasState, "version" | "weights">,
  call: Call,
): void {
  const [other] = Object.keys(weights);
  if (other !== undefined && version === "$LATEST") {
    throw invalidParameter("$LATEST is not supported for an alias pointing to more than 1 version");
  }
  if (other === version) {
    throw invalidParameter(
      `Invalid function version ${version}. Function version ${version} is already included in routing configuration.`,
    );
  }
  const roles = [version, ...(other === undefined ? [] : [other])].map((each) => roleOf(found, each, call));
  if (new Set(roles).size > 1) {
    throw invalidParameter("Specified versions must be associated with the same execution role");
  }
}

function roleOf(found: FunctionState, version: string, call: Call): string {
  const exact = own(found.versions, version);
  if (exact !== undefined) return exact.Role;
  throw functionNotFound(
    `Function not found: ${targetArnText(call, { name: found.name, qualifier: version })}`,
  );
}

function shownAlias(found: FunctionState, alias: AliasState, call: Call): Output {
  return {
    AliasArn: targetArnText(call, { name: found.name, qualifier: alias.name }),
    Name: alias.name,
    FunctionVersion: alias.version,
    Description: alias.description,
    RevisionId: alias.revisionId,
    ...(Object.keys(alias.weights).length > 0 && {
      RoutingConfig: { AdditionalVersionWeights: { ...alias.weights } },
    }),
  };
}
