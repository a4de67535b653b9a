import { shownSource, type BrokenDocument, type Look, type LookAt } from "./look.ts";
import type { OverviewObject } from "../../api/overview.ts";
import { ownerText, targetText, type Key } from "../../model/keys/key.ts";
import type { BindingObject } from "../../api/bindings.ts";
import { accountNamesOf, type ApiClient } from "../client/client.ts";
import { bindingResult } from "./binding-result.ts";
import { BindingWatch } from "./binding-watch.ts";

/** The line of progress shows so many names. */
const NAMES = 3;

/** A reconcile that a command has requested. */
interface RequestedReconcile {
  readonly token: string;
  /** The newest entry of the record when it was requested. */
  readonly since: number;
  /** The keys that match its target now; null: it has no target, or the target is not known. */
  readonly matchingKeys: (() => Promise<readonly Key[]>) | null;
}

/** Looks at the progress of a reconcile and at its bindings. The overview is read at the beginning and at the end only. */
export function reconciliationLook(
  client: ApiClient,
  { token: requested, since, matchingKeys }: RequestedReconcile,
): LookAt {
  const watch = new BindingWatch(client, { since, resultOf: bindingResult, removed: "applied" });
  let begin: Pick<Look, "source" | "accounts"> | null = null;
  let token = requested;
  return async (time) => {
    const isOver = time.nowMs >= time.endMs;
    const { status: reconciliation } = await client.reconciliation(token, isOver ? undefined : NAMES);
    begin ??= sourceAndAccounts(await client.overview(), reconciliation.keys);
    const look = { reconciliation, results: [], broken: [], ...begin };
    if (!reconciliation.done)
      return isOver ? { ...look, ...sourceAndAccounts(await client.overview(), reconciliation.keys) } : look;
    const { keys, unreadable } = reconciliation;
    const added = await addedKeys(keys, matchingKeys);
    if (added.length > 0) {
      if (isOver) {
        const rest = { done: false, waitingFor: added, waiting: added.length };
        return { ...look, reconciliation: { ...reconciliation, ...rest } };
      }
      const { metadata, status } = await client.create("reconciliations", {
        keys: [...(keys ?? []), ...added],
      });
      token = metadata.name;
      return { ...look, reconciliation: { ...status, done: false } };
    }
    const isWaiting = await watch.isWaiting(keys, time);
    if (isWaiting && !isOver) return { ...look, results: watch.waitingResults(time) };
    const overview = await client.overview();
    const results = await watch.results(keys, time, { overview: overview.status, unreadable });
    const notApplied = new Set(
      results.flatMap(({ state, target }) => (state === "not-applied" ? target : [])),
    );
    const shown = watch.bindings().filter(({ status }) => notApplied.has(targetText(status)));
    const broken = keys === null ? brokenDocuments(overview, shown) : [];
    return { reconciliation, results, broken, ...sourceAndAccounts(overview, keys) };
  };
}

/** Keys that match the target since the newest revision was fetched, and that were not requested. */
async function addedKeys(
  keys: readonly Key[] | null,
  matchingKeys: RequestedReconcile["matchingKeys"],
): Promise<readonly Key[]> {
  if (keys === null || matchingKeys === null) return [];
  const requested = new Set(keys);
  return (await matchingKeys()).filter((key) => !requested.has(key));
}

/** Invalid documents and files that none of the results shows. */
function brokenDocuments(
  { status }: OverviewObject,
  shown: readonly BindingObject[],
): readonly BrokenDocument[] {
  return status.actionRequired.flatMap((item): readonly BrokenDocument[] => {
    if (item.kind !== "broken") return [];
    const isShown = shown.some(
      ({ spec, status: { conditions } }) =>
        ownerText(spec.key) === item.target ||
        (spec.source?.file === item.target && conditions.some(({ reason }) => reason === "ValidationFailed")),
    );
    return isShown ? [] : [{ target: item.target, text: `broken, ${item.details[0] ?? item.message}` }];
  });
}

function sourceAndAccounts(
  { status }: OverviewObject,
  keys: readonly Key[] | null,
): Pick<Look, "source" | "accounts"> {
  return { source: shownSource(status, keys), accounts: accountNamesOf(status.accounts) };
}
