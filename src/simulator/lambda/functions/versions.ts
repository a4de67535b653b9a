import type { Call, Input, Operation } from "../../contract.ts";
import { isSameContent } from "./configuration.ts";
import { invalidParameter, preconditionFailed } from "../errors.ts";
import { optionalText } from "../input.ts";
import { checkIsIdle, latestVersion, shownVersion } from "./shown.ts";
import type { FunctionState, FunctionVersion, LambdaState } from "../state.ts";
import { arnOf, functionAt, unqualifiedReferenceOf } from "../target.ts";
import { own } from "../../own.ts";

export const publishVersion: Operation<LambdaState> = (state, input, call) => {
  const target = unqualifiedReferenceOf(input, call);
  const found = functionAt(state, target, call);
  checkIsIdle(found, target, call);
  const version = publish(found, input, call);
  return shownVersion(version, arnOf(call, { name: found.name, qualifier: version.Version }), undefined);
};

/**
 * Publishes `$LATEST`, including its role, as the next version. If nothing has changed, the result is the last version.
 * Publishing changes the RevisionId of `$LATEST`, but not that of its policy.
 */
export function publish(found: FunctionState, input: Input, call: Call): FunctionVersion {
  const latest = latestVersion(found, call.nowMs);
  checkPublishes(latest, input);
  const last = own(found.versions, String(found.lastVersion));
  const description = optionalText(input, "Description") ?? latest["Description"];
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
  const revisionId = optionalText(input, "RevisionId");
  if (revisionId !== undefined && revisionId !== latest.RevisionId)
    throw preconditionFailed("GetFunction/GetAlias");
  const sha256 = optionalText(input, "CodeSha256");
  if (sha256 === undefined || sha256 === "" || sha256 === latest.CodeSha256) return;
  throw invalidParameter(
    `CodeSHA256 (${sha256}) is different from current CodeSHA256 in $LATEST (${latest.CodeSha256}). ` +
      "Please try again with the CodeSHA256 in $LATEST.",
  );
}
