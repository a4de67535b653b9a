import { judgeDesired } from "../guard/judge-desired.ts";
import { documentText } from "../iam/print.ts";
import { servicesUsed } from "../iam/services.ts";
import type { ActionData } from "../iam/action-data.ts";
import type { Desired, DesiredBinding, DesiredPolicy } from "../model/desired.ts";
import type { Finding } from "../model/finding.ts";
import type { Key } from "../model/key.ts";
import type { Toolbox } from "./toolbox.ts";

/** AWS's data of the services that these states name. */
export async function actionDataOf(desired: Desired, toolbox: Toolbox): Promise<ActionData> {
  const texts = statesOf(desired).map((state) =>
    documentText(documentOf(state).statements.map(({ statement }) => statement)),
  );
  const loader = await toolbox.actionData();
  return loader.load(servicesUsed(texts));
}

/** Every rule that needs no live state, for every key; keys without a finding are not in it. */
export function findingsOffline(
  desired: Desired,
  actionData: ActionData,
  nowMs: number,
): ReadonlyMap<Key, readonly Finding[]> {
  const judged = statesOf(desired).flatMap((state): readonly (readonly [Key, readonly Finding[]])[] => {
    const account = desired.accounts.get(state.accountId);
    if (account === undefined) return [];
    return [[state.key, judgeDesired(state, { desired, live: null, account, actionData, nowMs })]];
  });
  return new Map(judged.filter(([, findings]) => findings.length > 0));
}

export function statesOf(desired: Desired): readonly (DesiredBinding | DesiredPolicy)[] {
  return [...desired.bindings.values(), ...desired.policies.values()];
}

function documentOf(state: DesiredBinding | DesiredPolicy): DesiredPolicy["document"] {
  return "role" in state ? state.role.inline : state.document;
}
