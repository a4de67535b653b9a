import { recentWrites } from "../../../diff/drift/recent-writes.ts";
import { judgeSteps } from "../../../judge/judge.ts";
import type { KeyJudgement } from "../../../judge/judgement.ts";
import { historyMs } from "../../../judge/plan-subject.ts";
import { type Pass, type PassContext, modeOf } from "../../../judge/subject.ts";
import { subjectsInScope } from "../../../judge/subjects.ts";
import type { WhyReader } from "../../../model/answers/questions/access-questions.ts";
import { NO_LIVE_RULES } from "../../../model/answers/live-rules.ts";
import type { KeyView } from "../../../model/answers/key-view.ts";
import type {
  MergePreview,
  MergeRequest,
  PreviewedKey,
  RollbackInForce,
} from "../../../model/answers/questions/merge-preview.ts";
import type { AccountId } from "../../../model/aws/ids.ts";
import { accountIdOf, type Key, keyParts, placeText } from "../../../model/keys/key.ts";
import { suspensionOf } from "../../../model/keys/suspension-scope.ts";
import { err, ok, type Result } from "../../../model/values/result.ts";
import { outcomeView, subjectOfOutcome, type KeyOutcome } from "../../../settle/outcome/outcome.ts";
import { keyView } from "../../../settle/key/key-view.ts";
import { byTextOf, sortedSet } from "../../../text/order.ts";
import type { Refusal } from "../../ports/control.ts";
import { actionDataFor } from "../../reconcile.ts";
import { servicesIn } from "../../revision/declared-services.ts";
import { changedKeys, sameData, sameProfiles } from "../../revision/enforce.ts";
import { previewedRevision, type AskingContext } from "./previewed-revision.ts";
import { passInputs } from "../../run-pass.ts";
import { inSlices } from "../../slices.ts";
import type { EnforcedState } from "../../state/controller-state.ts";
import { askAccounts, withAsked } from "./asked-accounts.ts";
import { noRevision } from "../no-revision.ts";
import { isAwsManagedPolicy } from "../../../iam/shipped-policies.ts";
import { mayClaim } from "../../../iam/names/name-pattern.ts";
import { defaultRoleName } from "../../../model/aws/role-name.ts";
import { isBinding, type Desired, type DesiredBinding, type DesiredPolicy } from "../../../model/desired.ts";

/** As the next pass over each changed key would judge it, by the last read of AWS. Makes no AWS calls. */
export async function askMergePreview(
  request: MergeRequest,
  reader: WhyReader,
  context: AskingContext,
): Promise<Result<MergePreview, Refusal>> {
  const { state, ports, signal } = context;
  const { enforced } = state;
  if (enforced === null) return err(noRevision(state.source));
  const compiled = await previewedRevision({ ...request, enforced }, context);
  if (compiled.kind === "err") return compiled;
  const next = compiled.value;
  const changed = await inSlices(changedKeys(enforced, next), ports.eventLoop, signal);
  const visible = changed.filter((key) => reader.sees(key));
  const keys: PreviewedKey[] = [];
  for (const [accountId, ofAccount] of Map.groupBy(visible, accountIdOf))
    keys.push(...(await previewedKeys(accountId, { keys: ofAccount, next, reader }, context)));
  const { namespace } = request;
  const rolledBack = rollbackInForce(namespace, context);
  const platformRolledBack = namespace === null ? null : rollbackInForce(null, context);
  return ok({
    ...(rolledBack !== null && { rolledBack }),
    ...(platformRolledBack !== null && { platformRolledBack }),
    revision: enforced.inputs.get(request.namespace)?.revision ?? enforced.revision,
    keys: keys.toSorted(byTextOf(({ key }) => key)),
    beyond: beyondKeys(enforced, next),
  });
}

/** null: there is none of the source. */
function rollbackInForce(
  namespace: MergeRequest["namespace"],
  { state, ports }: AskingContext,
): RollbackInForce | null {
  const { pin } = state.sourceOf(namespace).memory;
  if (pin === null || pin.ended === true || Date.parse(pin.until) <= ports.clock.nowMs()) return null;
  const { revision, until, actor: by, reason } = pin;
  return { revision, until, by, reason };
}

interface ChangedKeys {
  readonly keys: readonly Key[];
  readonly next: EnforcedState;
  readonly reader: WhyReader;
}

async function previewedKeys(
  accountId: AccountId,
  { keys: all, next, reader }: ChangedKeys,
  context: AskingContext,
): Promise<readonly PreviewedKey[]> {
  const { state, ports, signal } = context;
  const asked = await askAccounts([accountId], context);
  const { live, failure } = withAsked(state, asked).account(accountId);
  const { desired, invalid, unreadFiles } = next.compilation;
  const examined = { desired, invalid, unreadFiles, brokenFileKeys: next.brokenFileKeys };
  const inputs = await passInputs({ accountId, scope: { kind: "keys", keys: all } }, context, examined);
  const account = desired.accounts.get(accountId) ?? inputs?.account;
  if (inputs === null || account === undefined || live === null) {
    const name = account?.name ?? accountId;
    const reason =
      inputs === null ? "nothing in force declares the account" : (failure ?? "AWS was not read yet");
    return all.map((key) => unjudgedKey(key, { name, reason }));
  }
  // Not judged either: what takes long to judge would be asked for its time alone.
  const hidden = new Map(
    all.map((key) => [key, reader.seesEverything ? [] : namesOfKey(key, next, inputs)] as const),
  );
  const keys = all.filter((key) => hidden.get(key)?.length === 0);
  const unseen = all
    .filter((key) => !keys.includes(key))
    .map((key) =>
      unjudgedKey(key, { name: account.name, reason: `${(hidden.get(key) ?? []).join(", ")}: ${NOT_OWN}` }),
    );
  const nowMs = ports.clock.nowMs();
  const services = await inSlices(servicesIn(desired), ports.eventLoop, signal);
  const pass = {
    ...inputs,
    base: live,
    account,
    ...examined,
    actionData: await ports.actionData.load(services),
  };
  const subjects = subjectsInScope(pass, { kind: "keys", keys }, nowMs);
  const writes = await ports.audit.writesSince(accountId, nowMs - historyMs(account));
  const judging = {
    ...pass,
    actionData: await actionDataFor(pass, subjects, { live, ports }),
    live,
    nowMs,
    writes: recentWrites(writes),
  };
  const steps = judgeSteps(judging, subjects);
  const { judged, unjudged } = await inSlices(steps, ports.eventLoop, signal);
  const found = [...unjudged, ...judged.map(notWritten)].map((outcome) => previewedKey(outcome, judging));
  return [...unseen, ...found];
}

const NOT_OWN =
  "nothing in force of the namespace has it, so only a token for all namespaces sees what AWS has";

function namesOfKey(
  key: Key,
  { compilation }: EnforcedState,
  inForce: Pick<Pass, "desired">,
): readonly string[] {
  const { bindings } = compilation.desired;
  return newNames(bindings.get(key) ?? null, inForce.desired);
}

function notWritten(judged: KeyJudgement): KeyOutcome {
  return { kind: "judged", judged, notApplied: { kind: "nothing-due" } };
}

type Judging = Omit<PassContext, "id" | "number">;

function previewedKey(outcome: KeyOutcome, judging: Judging): PreviewedKey {
  const subject = subjectOfOutcome(outcome);
  const { key } = subject;
  const suspension = suspensionOf(key, judging.suspensions);
  return {
    key,
    target: placeText({ key, account: judging.account.name }),
    mode: modeOf(subject, judging),
    suspended: suspension === undefined ? null : `${suspension.actor}: ${suspension.reason}`,
    found: foundIn(outcome, judging),
  };
}

function foundIn(outcome: KeyOutcome, { live, suspensions }: Judging): KeyView | string {
  if (outcome.kind === "unusable" || subjectOfOutcome(outcome).kind === "invalid") return UNUSABLE;
  if (outcome.kind === "unknown") return outcome.reason;
  const about = { live, rules: NO_LIVE_RULES, adoption: null, usedRoles: [] };
  const view = keyView(outcomeView(outcome, suspensions), about);
  return { ...view, drifts: view.drifts.filter(({ cause }) => cause === "out-of-band") };
}

const UNUSABLE = "the manifest cannot be used: AWS stays as it was applied last, if it was";

function unjudgedKey(
  key: Key,
  { name, reason }: { readonly name: string; readonly reason: string },
): PreviewedKey {
  const target = placeText({ key, account: name });
  return { key, target, mode: "observe", suspended: null, found: reason };
}

/** Changes for which a pass judges keys again whose own documents are the same. */
function beyondKeys(before: EnforcedState, after: EnforcedState): readonly string[] {
  const [then, now] = [before.compilation.desired.accounts, after.compilation.desired.accounts];
  const ids = [...new Set([...then.keys(), ...now.keys()])];
  const accounts = ids
    .filter((id) => !sameData(then.get(id), now.get(id)))
    .map((id) => now.get(id)?.name ?? then.get(id)?.name ?? id)
    .sort();
  return [
    ...accounts.map((name) => `account ${name} changes: all that it has is judged again after the merge`),
    ...(sameProfiles(before, after)
      ? []
      : ["profiles change: all accounts are judged again after the merge"]),
  ];
}

/**
 * What a state names in AWS that nothing in force of its namespace declares: a function that its Team does not list,
 * a role under another name than the default, a policy or a boundary that is not its own. A reader of one namespace
 * could learn, by a manifest that is never pushed, which permissions others have there. Sorted ARNs.
 */
function newNames(state: DesiredBinding | DesiredPolicy | null, inForce: Desired): readonly string[] {
  if (state === null || !isBinding(state)) return [];
  const before = [...inForce.bindings.values()].filter(({ namespace }) => namespace === state.namespace);
  const known = new Set(before.flatMap(namesOf));
  const boundaries = [...inForce.bindings.values()].map(({ role }) => role.boundary?.arn);
  const isKnown = (arn: string): boolean =>
    known.has(arn) || isAwsManagedPolicy(arn) || boundaries.includes(arn as DesiredBinding["role"]["arn"]);
  return sortedSet(namesOf(state).filter((arn) => !isKnown(arn) && !isOwn(arn, state, inForce)));
}

function namesOf({ functionArn, role }: DesiredBinding): readonly string[] {
  const boundary = role.boundary === null ? [] : [role.boundary.arn];
  return [functionArn, role.arn, ...boundary, ...role.attachments.map(({ arn }) => arn)];
}

function isOwn(arn: string, state: DesiredBinding, inForce: Desired): boolean {
  const { functionArn, functionName, region, role, namespace } = state;
  if (arn === functionArn) return inForce.tenancy.kind === "closed" && mayClaim(state, inForce);
  if (arn === role.arn) return role.name === defaultRoleName(functionName, region);
  const policy = role.attachments.find((attachment) => attachment.arn === arn)?.policy ?? null;
  return policy !== null && keyParts(policy).namespace === namespace;
}
