import type { ActionData } from "../src/iam/action-data.ts";
import { IamActionData } from "../src/aws/action-data/action-data.ts";
import type { CompiledTexts } from "../src/diff/documents/compiled-texts.ts";
import type { GuardContext } from "../src/guard/context/context.ts";
import { guardIndex } from "../src/guard/context/guard-index.ts";
import { judgeDesired } from "../src/guard/judge-desired.ts";
import { RoleChecks } from "../src/guard/context/role-checks.ts";
import type { Comparer } from "../src/iam/compare/comparer.ts";
import { servicesUsed } from "../src/iam/read/services.ts";
import { compiledDocumentText } from "../src/iam/read/print.ts";
import type { Desired } from "../src/model/desired.ts";
import type { AccountId } from "../src/model/aws/ids.ts";
import type { LiveAccount } from "../src/model/live.ts";
import { compileAll, parseAll, present } from "./desired.ts";
import type { Files } from "./generate.ts";

/** AWS's data of the services that the manifests name, which a controller loads once. */
export async function actionDataOf(files: Files): Promise<ActionData> {
  const { bindings, policies } = compileAll(parseAll(files)).desired;
  const documents = [
    ...[...bindings.values()].map(({ role }) => role.inline),
    ...[...policies.values()].map(({ document }) => document),
  ];
  return new IamActionData().load(servicesUsed(documents.map(compiledDocumentText)));
}

export interface Judged {
  readonly desired: Desired;
  readonly live: ReadonlyMap<AccountId, LiveAccount>;
  readonly comparer: Comparer;
  readonly actionData: ActionData;
  /** Of the comparison before. */
  readonly texts: CompiledTexts;
}

const NO_AUTHORS: GuardContext["authors"] = new Map();

/**
 * Every rule on every key, as the first pass of a revision judges it, which has compared the documents before.
 * @returns the number of findings
 */
export function judgeAll({ desired, live, comparer, actionData, texts }: Judged): number {
  const roleChecks = new RoleChecks(texts);
  const bindings = Map.groupBy(desired.bindings.values(), ({ accountId }) => accountId);
  const policies = Map.groupBy(desired.policies.values(), ({ accountId }) => accountId);
  let findings = 0;
  for (const account of desired.accounts.values()) {
    const found = present(live.get(account.id));
    const judged = bindings.get(account.id) ?? [];
    const index = guardIndex({ desired, live: found, judged, roleChecks });
    const facts = { desired, live: found, shipped: null, account, actionData, index, nowMs: 0 };
    const context = { ...facts, comparer, roleChecks, authors: NO_AUTHORS, defaults: null };
    for (const state of [...(policies.get(account.id) ?? []), ...judged])
      findings += judgeDesired(state, context).length;
  }
  return findings;
}
