import { CompiledTexts } from "../../diff/documents/compiled-texts.ts";
import { RoleChecks } from "../../guard/context/role-checks.ts";
import { Comparer } from "../../iam/compare/comparer.ts";
import type { GuardContext } from "../../guard/context/context.ts";
import { guardIndex } from "../../guard/context/guard-index.ts";
import { judgeDesired, remediesOf, type RemediedFinding } from "../../guard/judge-desired.ts";
import { servicesOf } from "../../iam/read/services.ts";
import type { ActionData } from "../../iam/action-data.ts";
import { isAwsManagedPolicy, type ShippedPolicies } from "../../iam/shipped-policies.ts";
import type { Compilation } from "../../manifest/compile/compile.ts";
import { type DesiredTarget, type Desired, type DesiredPolicy, isBinding } from "../../model/desired.ts";
import type { Finding } from "../../model/finding.ts";
import type { Key } from "../../model/keys/key.ts";
import type { LiveAccount } from "../../model/live.ts";
import { attachedServices } from "../../judge/live-state/attached-services.ts";
import type { Toolbox } from "../../cli/toolbox/toolbox.ts";
import { sortedSet } from "../../text/order.ts";

/** AWS's data of the services that these states name, and the policies in AWS that they attach. */
export async function actionDataOf(
  desired: Desired,
  read: readonly LiveAccount[],
  toolbox: Pick<Toolbox, "actionData">,
): Promise<ActionData> {
  const bindings = [...desired.bindings.values()];
  const attached = read.flatMap((live) => attachedServices(bindings, live));
  return actionDataOfStates(statesOf(desired), toolbox, attached);
}

async function actionDataOfStates(
  states: readonly DesiredTarget[],
  toolbox: Pick<Toolbox, "actionData">,
  more: readonly string[] = [],
): Promise<ActionData> {
  const statements = states.flatMap((state) => documentOf(state).statements);
  const loader = await toolbox.actionData();
  return loader.load(sortedSet([...statements.flatMap(({ statement }) => servicesOf(statement)), ...more]));
}

/** What rules are judged with where AWS is not read. */
export interface OfflineFacts {
  readonly actionData: ActionData;
  /** null: no manifest attaches a policy that AWS writes. */
  readonly shipped: ShippedPolicies | null;
  readonly nowMs: number;
  /** Of what differs from the base; without a base it is not known what is new, and nothing counts as new. */
  readonly authors: GuardContext["authors"];
  /** Of a command that judges several revisions. The findings are the same without it. */
  readonly checks?: SharedChecks;
}

/** Answers about documents and statements, which two revisions have mostly in common. */
interface SharedChecks extends Pick<GuardContext, "comparer" | "roleChecks"> {
  readonly texts: CompiledTexts;
}

function newChecks(): SharedChecks {
  const texts = new CompiledTexts();
  return { comparer: new Comparer(), roleChecks: new RoleChecks(texts), texts };
}

export async function offlineFacts(
  { desired, unattached }: Pick<Compilation, "desired" | "unattached">,
  toolbox: Pick<Toolbox, "actionData" | "shippedPolicies" | "clock">,
  authors: OfflineFacts["authors"] = new Map(),
): Promise<OfflineFacts> {
  return {
    actionData: await actionDataOfStates([...statesOf(desired), ...unattached], toolbox),
    shipped: await shippedPoliciesOf([desired], toolbox),
    nowMs: toolbox.clock.nowMs(),
    authors,
    checks: newChecks(),
  };
}

/** Reading the snapshot takes time that most commands need not spend. */
export async function shippedPoliciesOf(
  revisions: readonly Desired[],
  toolbox: Pick<Toolbox, "shippedPolicies">,
): Promise<ShippedPolicies | null> {
  const attachments = revisions.flatMap(({ bindings }) =>
    [...bindings.values()].flatMap(({ role }) => role.attachments),
  );
  return attachments.some(({ arn }) => isAwsManagedPolicy(arn)) ? toolbox.shippedPolicies() : null;
}

type JudgedStates = Pick<Compilation, "desired" | "unattached">;

/** Every rule that needs no live state, for every key, or for these; keys without a finding are not in it. */
export function findingsOffline(
  compilation: JudgedStates,
  facts: OfflineFacts,
  keys?: ReadonlySet<Key>,
): ReadonlyMap<Key, readonly Finding[]> {
  const judged = judgedStates(compilation, facts, keys);
  return new Map(
    judged.flatMap(({ state, context }) => {
      const findings = judgeDesired(state, context);
      return findings.length === 0 ? [] : [[state.key, findings] as const];
    }),
  );
}

/** The findings of these keys that exactly one change of a manifest ends, with it. */
export function remediesOffline(
  compilation: JudgedStates,
  facts: OfflineFacts,
  keys: ReadonlySet<Key>,
): readonly RemediedFinding[] {
  return judgedStates(compilation, facts, keys).flatMap(({ state, context }) => remediesOf(state, context));
}

interface JudgedState {
  readonly state: DesiredTarget;
  readonly context: GuardContext;
}

function judgedStates(
  { desired, unattached }: JudgedStates,
  facts: OfflineFacts,
  keys?: ReadonlySet<Key>,
): readonly JudgedState[] {
  const all = [...statesOf(desired), ...unattached];
  const states = keys === undefined ? all : all.filter(({ key }) => keys.has(key));
  const { checks = newChecks(), ...known } = facts;
  const { comparer, roleChecks } = checks;
  // With those that nothing attaches: each is judged as if a role did.
  const policies = new Map([
    ...desired.policies,
    ...unattached.map((policy) => [policy.key, policy] as const),
  ]);
  const judgedDesired = { ...desired, policies };
  const index = guardIndex({
    desired: judgedDesired,
    live: null,
    judged: desired.bindings.values(),
    roleChecks,
  });
  return states.flatMap((state): readonly JudgedState[] => {
    const account = desired.accounts.get(state.accountId);
    if (account === undefined) return [];
    const own = { desired: judgedDesired, live: null, account, index, comparer, roleChecks };
    return [{ state, context: { ...own, ...known, defaults: null } }];
  });
}

export function statesOf(desired: Desired): readonly DesiredTarget[] {
  return [...desired.bindings.values(), ...desired.policies.values()];
}

function documentOf(state: DesiredTarget): DesiredPolicy["document"] {
  return isBinding(state) ? state.role.inline : state.document;
}
