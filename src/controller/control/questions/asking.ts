import { documentContext } from "../../../diff/documents/document-context.ts";
import { liveInputs, type LiveInputs } from "../../../explain/why/case.ts";
import type { Question } from "../../../explain/why/question.ts";
import { declaredStatements } from "../../../explain/why/role-policies.ts";
import type { ResourcePolicy } from "../../../iam/evaluate/evaluate.ts";
import { attachedPolicy } from "../../../iam/evaluate/policy.ts";
import { mayClaim } from "../../../iam/names/name-pattern.ts";
import { functionArn, functionInArn } from "../../../model/aws/arn.ts";
import { parseAccountId, parsePartition, parseRegion } from "../../../model/aws/ids.ts";
import type { DesiredBinding } from "../../../model/desired.ts";
import type { Key } from "../../../model/keys/key.ts";
import { liveFunction, type LiveRole, type Reading } from "../../../model/live.ts";
import type { AccountRecord } from "../../../model/records/account-record.ts";
import type { WhyReader } from "../../../model/answers/questions/access-questions.ts";
import type { ControllerState, EnforcedNow } from "../../state/controller-state.ts";

/** The API names a file by its path in the repository. */
export const fileName = (path: string): string => path;

/** The role of a declared function as the last pass read it, without the policy of the resource; a sentence if it was not read. */
export function liveOf(binding: DesiredBinding, asking: Asking): LiveInputs | string {
  const { state, records, reader } = asking;
  const { live, views, failure } = state.account(binding.accountId);
  const view = views.get(binding.key);
  if (live === null || view === undefined) return failure ?? "AWS was not read yet";
  if (reader.hidesFunction(view)) return HIDDEN;
  if (reader.hides(view)) return "the role carries the tag of another owner: it is not shown to this token";
  if (view.readings === null) return view.unread[0] ?? "not read since it was declared";
  const { function: found, declaredRole, otherRole } = view.readings;
  const ofGit = declaredStatements(binding, fileName);
  const roleOf = (): Reading<LiveRole> => otherRole ?? declaredRole;
  const inputs = liveInputs({ binding, ofGit, found, roleOf, account: live });
  if (typeof inputs === "string") return inputs;
  return {
    ...inputs,
    readAtMs: Date.parse(view.readAt),
    failing: failingOf(binding.accountId, records),
  };
}

export const HIDDEN = "its Team does not allow the function: nothing of it is shown";

/** One question, with the state that answers it. */
export interface Asking {
  readonly state: Pick<ControllerState, "account" | "references">;
  readonly enforced: EnforcedNow;
  readonly records: readonly AccountRecord[];
  readonly reader: WhyReader;
  readonly nowMs: number;
}

export function failingOf(accountId: string, records: readonly AccountRecord[]): LiveInputs["failing"] {
  const failing = records.find((record) => record.accountId === accountId)?.failing ?? null;
  if (failing === null) return null;
  return { since: new Date(failing.sinceMs).toISOString(), reason: failing.reason };
}

const NOT_READ = { kind: "not-read" } as const;

/** The policy of the requested function, if the controller reads it and the token may see its owner. */
export function resourcePolicy(
  { action, resource }: Pick<Question, "action" | "resource">,
  { reader, state, enforced: { compilation } }: Asking,
): ResourcePolicy {
  const lambdaArn = functionInArn(resource);
  if (lambdaArn === null || !/^lambda:/i.test(action)) return NOT_READ;
  const { name, qualifier } = lambdaArn;
  const partition = parsePartition(lambdaArn.partition);
  const region = parseRegion(lambdaArn.region);
  const accountId = parseAccountId(lambdaArn.accountId);
  if (partition === undefined || region === undefined || accountId === undefined) return NOT_READ;
  const arn = functionArn({ partition, region, accountId }, name, null);
  const { desired } = compilation;
  // A manifest may name any function: it is the owner only if its Team allows that.
  const keys = [...desired.bindings.values()].flatMap((binding) =>
    binding.functionArn === arn && mayClaim(binding, desired) ? [binding.key] : [],
  );
  if (!isSeen(keys, reader)) return NOT_READ;
  const { live } = state.account(accountId);
  const found = live === null ? null : liveFunction(live, region, name);
  const policy = found?.kind === "present" ? found.value.policies.get(qualifier ?? "") : undefined;
  if (policy === undefined || policy.kind === "unknown") return NOT_READ;
  if (policy.kind === "absent") return { kind: "none" };
  const document = { from: `policy of function ${name}`, text: policy.value.text };
  const context = documentContext({ partition, accountId }, "resource");
  return { kind: "policy", policy: attachedPolicy(document, context) };
}

function isSeen(owners: readonly Key[], reader: WhyReader): boolean {
  return owners.length === 0 ? reader.seesEverything : owners.every((key) => reader.sees(key));
}
