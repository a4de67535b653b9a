import { type Call, type Input, type Operation, type Output, own } from "../../contract.ts";
import { createdVersion, recodedVersion, updatedVersion, isSameContent } from "./configuration.ts";
import { lambdaAccessDenied, conflict, invalidParameter, preconditionFailed } from "../errors.ts";
import { optionalJsonText, requiredText, textMap } from "../input.ts";
import { checkIsIdle, latestVersion, updateProgressOf, shownVersion, shownVersionOf } from "./shown.ts";
import type { FunctionState, LambdaState, ChangeInProgress, FunctionVersion } from "../state.ts";
import {
  targetArnText,
  functionAt,
  type FunctionReference,
  functionReferenceOf,
  isAliasName,
  unqualifiedReferenceOf,
  versionAt,
} from "../target.ts";
import { fieldName, violation } from "../../bounds/check.ts";
import { LAMBDA_BOUNDS } from "../../bounds/models.ts";
import { validationError } from "../validation.ts";

/** The maximum length of a function name that is not an ARN. */
const LONGEST_NAME = 64;

export const createFunction: Operation<LambdaState> = (state, input, call) => {
  const { name } = unqualifiedReferenceOf(input, call);
  checkName(requiredText(input, "FunctionName"));
  checkRuntime(input);
  checkRole(requiredText(input, "Role"), call);
  if (own(state.functions, name) !== undefined) throw conflict(`Function already exist: ${name}`);
  const latest = createdVersion({ ...input, FunctionName: name }, call);
  const created: FunctionState = {
    name,
    versions: { $LATEST: latest },
    lastVersion: 0,
    aliases: {},
    policies: {},
    tags: { ...textMap(input, "Tags") },
    urls: {},
    eventInvokeConfigs: {},
    pending: change("create", state, call),
  };
  state.functions[name] = created;
  const version = input["Publish"] === true ? publish(created, {}, call) : latest;
  // The bare ARN, even if the answer shows version 1 (recorded).
  return shownVersion(version, targetArnText(call, { name, qualifier: undefined }), "create");
};

/** The maximum length of a name is smaller than that of an ARN (recorded). */
function checkName(given: string): void {
  if (given.includes(":") || given.length <= LONGEST_NAME) return;
  const limit = `Member must have length less than or equal to ${LONGEST_NAME}`;
  throw validationError([violation(given, fieldName("FunctionName"), limit)]);
}

/** The service refuses it, not its model: with another error, and with the runtimes in AWS's order (recorded). */
function checkRuntime(input: Input): void {
  const runtime = optionalJsonText(input, "Runtime");
  const shape = LAMBDA_BOUNDS.shapes["Runtime"];
  const runtimes = shape?.kind === "value" ? (shape.oneOf ?? []) : [];
  if (runtime === undefined || runtimes.includes(runtime) || /^arn:[^:]+:lambda:.*:runtime:/.test(runtime))
    return;
  throw invalidParameter(
    `Value ${runtime} at 'runtime' failed to satisfy constraint: Member must satisfy enum value set: [${runtimes.join(", ")}] or be a valid ARN`,
  );
}

function change(kind: ChangeInProgress["kind"], state: LambdaState, call: Call): ChangeInProgress {
  return { kind, untilMs: call.nowMs + state.updateMs, revisionId: call.newId("") };
}

/** Lambda accepts only a role of the same account that trusts it. The permissions of the role are not checked. */
function checkRole(roleArn: string, call: Call): void {
  if (roleArn.split(":")[4] !== call.accountId)
    throw lambdaAccessDenied("Cross-account pass role is not allowed.");
  if (call.iam.roleTrustsLambda(roleArn) === true) return;
  throw invalidParameter("The role defined for the function cannot be assumed by Lambda.");
}

/** The function that an update names: idle, and at the revision that the caller expects. */
function changeable(...[state, input, call]: Parameters<Operation<LambdaState>>) {
  const target = unqualifiedReferenceOf(input, call);
  const fn = functionAt(state, target, call);
  const latest = latestVersion(fn, call.nowMs);
  checkIsIdle(fn, target, call);
  const revisionId = optionalJsonText(input, "RevisionId");
  if (revisionId !== undefined && revisionId !== latest.RevisionId)
    throw preconditionFailed("GetFunction/GetAlias");
  return { target, found: fn, latest };
}

export const updateFunctionConfiguration: Operation<LambdaState> = (state, input, call) => {
  const { target, found, latest } = changeable(state, input, call);
  checkRuntime(input);
  const role = optionalJsonText(input, "Role");
  if (role !== undefined) checkRole(role, call);
  const updated = updatedVersion(latest, { ...input, FunctionName: target.name }, call);
  found.versions["$LATEST"] = updated;
  found.pending = change("update", state, call);
  return shownVersion(updated, targetArnText(call, target), "update");
};

export const updateFunctionCode: Operation<LambdaState> = (state, input, call) => {
  const { target, found, latest } = changeable(state, input, call);
  const updated = recodedVersion(latest, input, call);
  if (input["DryRun"] === true) return shownVersion(updated, targetArnText(call, target), undefined);
  found.versions["$LATEST"] = updated;
  if (input["Publish"] !== true) {
    found.pending = change("update", state, call);
    return shownVersion(updated, targetArnText(call, target), "update");
  }
  // The version's ARN here, unlike in CreateFunction's answer (recorded).
  const version = publish(found, {}, call);
  found.pending = change("update", state, call);
  return shownVersion(
    version,
    targetArnText(call, { name: found.name, qualifier: version.Version }),
    "create",
  );
};

export const deleteFunction: Operation<LambdaState> = (state, input, call) => {
  const { name, qualifier } = functionReferenceOf(input, call);
  const fn = functionAt(state, { name, qualifier: undefined }, call);
  if (qualifier === undefined) delete state.functions[name];
  else deleteVersion(fn, qualifier);
  return { StatusCode: 204 };
};

function deleteVersion(found: FunctionState, qualifier: string): void {
  if (qualifier === "$LATEST") {
    throw invalidParameter("$LATEST version cannot be deleted without deleting the function.");
  }
  if (isAliasName(qualifier)) throw invalidParameter("Deletion of aliases is not currently supported.");
  const pointing = Object.values(found.aliases).find(
    ({ version, weights }) => version === qualifier || own(weights, qualifier) !== undefined,
  );
  if (pointing !== undefined) {
    throw conflict(`Version ${qualifier} cannot be deleted: alias ${pointing.name} points to it.`);
  }
  delete found.versions[qualifier];
  delete found.policies[qualifier];
  delete found.eventInvokeConfigs[qualifier];
}

export const getFunctionConfiguration: Operation<LambdaState> = (state, input, call) => {
  const target = functionReferenceOf(input, call);
  return configurationOf(functionAt(state, target, call), target, call);
};

function configurationOf(found: FunctionState, target: FunctionReference, call: Call): Output {
  const version = shownVersionOf(found, versionAt(found, target, call), call.nowMs);
  const progress = version.Version === "$LATEST" ? updateProgressOf(found, call.nowMs) : undefined;
  return shownVersion(version, targetArnText(call, target), progress);
}

export const getFunction: Operation<LambdaState> = (state, input, call) => {
  const target = functionReferenceOf(input, call);
  const fn = functionAt(state, target, call);
  const configuration = configurationOf(fn, target, call);
  return {
    Configuration: configuration,
    Code: codeOf(configuration, call),
    ...(Object.keys(fn.tags).length > 0 && { Tags: { ...fn.tags } }),
  };
};

/** A recognizable placeholder without a usable URL. */
function codeOf(configuration: Output, call: Call): Output {
  if (configuration["PackageType"] === "Image") {
    return { RepositoryType: "ECR", ImageUri: "simulated.invalid/image:latest" };
  }
  return {
    RepositoryType: "S3",
    Location: `https://simulated.invalid/${call.accountId}/code?X-Amz-Signature=simulated`,
  };
}

export const publishVersion: Operation<LambdaState> = (state, input, call) => {
  const target = unqualifiedReferenceOf(input, call);
  const fn = functionAt(state, target, call);
  checkIsIdle(fn, target, call);
  const version = publish(fn, input, call);
  return shownVersion(version, targetArnText(call, { name: fn.name, qualifier: version.Version }), undefined);
};

/**
 * Publishes `$LATEST`, including its role, as the next version. If nothing has changed, the result is the last version.
 * Publishing changes the RevisionId of `$LATEST`, but not that of its policy.
 */
export function publish(found: FunctionState, input: Input, call: Call): FunctionVersion {
  const latest = latestVersion(found, call.nowMs);
  checkPublishes(latest, input);
  const last = own(found.versions, String(found.lastVersion));
  const description = optionalJsonText(input, "Description") ?? latest["Description"];
  const next = { ...latest, Description: description, Version: String(found.lastVersion + 1) };
  if (last !== undefined && isSameContent(next, last)) return last;
  const published = { ...next, RevisionId: call.newId("") };
  found.lastVersion += 1;
  found.versions[published.Version] = published;
  found.versions["$LATEST"] = { ...latest, RevisionId: call.newId("") };
  delete found.pending;
  return published;
}

function checkPublishes(latest: FunctionVersion, input: Input): void {
  const revisionId = optionalJsonText(input, "RevisionId");
  if (revisionId !== undefined && revisionId !== latest.RevisionId)
    throw preconditionFailed("GetFunction/GetAlias");
  const sha256 = optionalJsonText(input, "CodeSha256");
  if (sha256 === undefined || sha256 === "" || sha256 === latest.CodeSha256) return;
  throw invalidParameter(
    `CodeSHA256 (${sha256}) is different from current CodeSHA256 in $LATEST (${latest.CodeSha256}). ` +
      "Please try again with the CodeSHA256 in $LATEST.",
  );
}
