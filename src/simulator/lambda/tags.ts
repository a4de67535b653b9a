import type { Call, Input, Operation } from "../contract.ts";
import { invalidParameter } from "./errors.ts";
import { requiredText, textList, textMap } from "./input.ts";
import type { FunctionState, LambdaState } from "./state.ts";
import { functionAt, functionReferenceOf } from "./target.ts";

const MOST_TAGS = 50;

export const listTags: Operation<LambdaState> = (state, input, call) => ({
  Tags: { ...taggedFunction(state, input, call).tags },
});

export const tagResource: Operation<LambdaState> = (state, input, call) => {
  const found = taggedFunction(state, input, call);
  const tags = textMap(input, "Tags");
  if (Object.keys({ ...found.tags, ...tags }).length > MOST_TAGS) {
    throw invalidParameter("Number of tags exceeds resource tag limit.");
  }
  Object.assign(found.tags, tags);
  return {};
};

export const untagResource: Operation<LambdaState> = (state, input, call) => {
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
