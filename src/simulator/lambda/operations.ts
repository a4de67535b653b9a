import type { Operation, Call, Output, Input } from "../contract.ts";
import { createAlias, deleteAlias, getAlias, listAliases, updateAlias } from "./aliases.ts";
import * as constraints from "./constraints.ts";
import {
  createFunction,
  deleteFunction,
  getFunction,
  getFunctionConfiguration,
  updateFunctionCode,
  updateFunctionConfiguration,
  publishVersion,
} from "./functions/functions.ts";
import { addPermission, getPolicy, removePermission } from "./permissions.ts";
import type { LambdaState, FunctionState } from "./state.ts";
import {
  createFunctionUrlConfig,
  listEventSourceMappings,
  listFunctionEventInvokeConfigs,
  listFunctionUrlConfigs,
} from "./triggers.ts";
import { validated, type Constraints } from "./validation.ts";
import { lambdaListing, type Paging, versionKey } from "./paging.ts";
import { listedVersion, shownVersionOf } from "./functions/shown.ts";
import { targetArnText, functionAt, unqualifiedReferenceOf, functionReferenceOf } from "./target.ts";
import { invalidParameter } from "./errors.ts";
import { requiredText, textList, textMap } from "./input.ts";

const listFunctions: Operation<LambdaState> = (state, input, call) => {
  const functions = Object.values(state.functions);
  const entries =
    input["FunctionVersion"] === "ALL"
      ? everyVersion(functions, call)
      : functions.map((one) => entryOf(one, "$LATEST", call));
  return lambdaListing("Functions", pagingOf(entries), input);
};

interface ListedOutput {
  readonly key: string;
  readonly listed: Output;
}

function pagingOf(items: readonly ListedOutput[]): Paging<ListedOutput> {
  return { items, keyOf: ({ key }) => key, most: 50, show: ({ listed }) => listed };
}

function everyVersion(functions: readonly FunctionState[], call: Call): readonly ListedOutput[] {
  return functions.flatMap((one) =>
    Object.keys(one.versions).map((version) => qualifiedEntryOf(one, version, call)),
  );
}

function entryOf(found: FunctionState, version: string, call: Call): ListedOutput {
  const arn = targetArnText(call, { name: found.name, qualifier: undefined });
  return { key: found.name, listed: listedVersion(shownVersionOf(found, version, call.nowMs), arn) };
}

/** Lists of versions show qualified ARNs, also `:$LATEST`. */
function qualifiedEntryOf(found: FunctionState, version: string, call: Call): ListedOutput {
  const arn = targetArnText(call, { name: found.name, qualifier: version });
  const key = `${found.name}:${versionKey(version)}`;
  return { key, listed: listedVersion(shownVersionOf(found, version, call.nowMs), arn) };
}

const listVersionsByFunction: Operation<LambdaState> = (state, input, call) => {
  const target = unqualifiedReferenceOf(input, call);
  const entries = everyVersion([functionAt(state, target, call)], call);
  return lambdaListing("Versions", pagingOf(entries), input);
};

const MOST_TAGS = 50;

const listTags: Operation<LambdaState> = (state, input, call) => ({
  Tags: { ...taggedFunction(state, input, call).tags },
});

const tagResource: Operation<LambdaState> = (state, input, call) => {
  const found = taggedFunction(state, input, call);
  const tags = textMap(input, "Tags");
  if (Object.keys({ ...found.tags, ...tags }).length > MOST_TAGS) {
    throw invalidParameter("Number of tags exceeds resource tag limit.");
  }
  Object.assign(found.tags, tags);
  return {};
};

const untagResource: Operation<LambdaState> = (state, input, call) => {
  const found = taggedFunction(state, input, call);
  if (Object.keys(found.tags).length > 0) found.wasTagged = true;
  for (const key of textList(input, "TagKeys")) delete found.tags[key];
  return {};
};

/** Only functions have tags; the simulator has no other resources of Lambda. */
function taggedFunction(state: LambdaState, input: Input, call: Call): FunctionState {
  const target = functionReferenceOf({ FunctionName: requiredText(input, "Resource") }, call);
  if (target.qualifier !== undefined) {
    throw invalidParameter(
      "Tags on function aliases and versions are not supported. Please specify a function ARN.",
    );
  }
  return functionAt(state, target, call);
}

/** By the API's name: the constraints of the input, and what the operation does. */
const OPERATIONS: Readonly<Record<string, readonly [constraints: Constraints, run: Operation<LambdaState>]>> =
  {
    AddPermission: [constraints.OF_ADD_PERMISSION, addPermission],
    CreateAlias: [constraints.OF_ALIAS, createAlias],
    CreateFunction: [constraints.OF_CREATE_FUNCTION, createFunction],
    CreateFunctionUrlConfig: [constraints.OF_URL, createFunctionUrlConfig],
    DeleteAlias: [constraints.OF_ALIAS, deleteAlias],
    DeleteFunction: [constraints.OF_FUNCTION, deleteFunction],
    GetAlias: [constraints.OF_ALIAS, getAlias],
    GetFunction: [constraints.OF_FUNCTION, getFunction],
    GetFunctionConfiguration: [constraints.OF_FUNCTION, getFunctionConfiguration],
    GetPolicy: [constraints.OF_FUNCTION, getPolicy],
    ListAliases: [constraints.OF_ALIAS, listAliases],
    ListEventSourceMappings: [constraints.OF_FUNCTION, listEventSourceMappings],
    ListFunctionEventInvokeConfigs: [constraints.OF_FUNCTION, listFunctionEventInvokeConfigs],
    ListFunctionUrlConfigs: [constraints.OF_FUNCTION, listFunctionUrlConfigs],
    ListFunctions: [constraints.OF_LIST_FUNCTIONS, listFunctions],
    ListTags: [constraints.OF_TAGS, listTags],
    ListVersionsByFunction: [constraints.OF_FUNCTION, listVersionsByFunction],
    PublishVersion: [constraints.OF_FUNCTION, publishVersion],
    RemovePermission: [constraints.OF_REMOVE_PERMISSION, removePermission],
    TagResource: [constraints.OF_TAGS, tagResource],
    UntagResource: [constraints.OF_TAGS, untagResource],
    UpdateAlias: [constraints.OF_ALIAS, updateAlias],
    UpdateFunctionCode: [constraints.OF_FUNCTION, updateFunctionCode],
    UpdateFunctionConfiguration: [constraints.OF_UPDATE_FUNCTION, updateFunctionConfiguration],
  };

export const lambdaOperations: Readonly<Record<string, Operation<LambdaState>>> = Object.fromEntries(
  Object.entries(OPERATIONS).map(([name, [expected, run]]) => [name, validated(name, expected, run)]),
);
