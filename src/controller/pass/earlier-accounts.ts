import type { EarlierAccount, EarlierKey } from "../../judge/windows/earlier-accounts.ts";
import type { JudgeInputs } from "../../judge/inputs.ts";
import type { Compilation } from "../../manifest/compile/compile.ts";
import type { AccountId } from "../../model/aws/ids.ts";
import type { FunctionDenials } from "../../model/denials/denied-request.ts";
import type { DesiredAccount } from "../../model/desired.ts";
import { accountIdOf, keyParts, type Key } from "../../model/keys/key.ts";
import type { KeyRecord, PastWrite } from "../../model/keys/key-record.ts";
import { firstAccountRecord, withLateRead } from "../../model/records/account-record.ts";
import { orderingWindows } from "../../model/windows/account-order.ts";
import type { DesiredWindow } from "../../model/windows/change-window.ts";
import { sortedSet } from "../../text/order.ts";
import type { ControllerContext } from "../settings.ts";
import { withSharedState } from "./shared-state.ts";
import type { ControllerState } from "../state/controller-state.ts";

/** Denied requests are kept for so long. */
const WRITES_SINCE_MS = 604_800_000;

export type Declarations = Pick<JudgeInputs, "desired" | "invalid" | "brokenFileKeys"> &
  Pick<Compilation, "unreadFiles">;

/** Names of the accounts that the windows of an account put before it; sorted. */
function earlierNames(windows: readonly DesiredWindow[] | undefined, account: string): readonly string[] {
  return sortedSet(
    orderingWindows(windows ?? [])
      .filter(({ scope }) => scope.accounts === null || scope.accounts.includes(account))
      .flatMap(({ after }) => after.accounts),
  );
}

/**
 * The accounts that change windows put before this one, as the record shows them: a restart loses nothing of it. All their
 * keys are read, but only if there is such a window.
 * @param declared by the revision in force, or by one that is only examined
 */
export async function earlierAccounts(
  { name }: DesiredAccount,
  declared: Declarations,
  { state, settings, ports }: Pick<ControllerContext, "state" | "settings" | "ports">,
): Promise<Pick<JudgeInputs, "earlier">> {
  const { desired, unreadFiles } = declared;
  const names = earlierNames(desired.windows, name);
  if (names.length === 0) return {};
  const { store, audit, clock } = ports;
  const nowMs = clock.nowMs();
  const records = await store.accounts();
  const shared = { desired, sourceTexts: new Map<Key, string>() };
  const found = [...desired.accounts.values()].filter((account) => names.includes(account.name));
  const known = found.map(async (account): Promise<readonly [string, EarlierAccount]> => {
    const read = records.find(({ accountId }) => accountId === account.id);
    const record = read ?? firstAccountRecord(account.id, account.name);
    return [
      account.name,
      {
        account,
        record: withLateRead(record, { sweepMs: settings.sweepMs, nowMs, comparing: false }),
        unreadFiles,
        keys: byNamespace(account.id, declared, {
          records: await store.keys(account.id, (one) => withSharedState(one, shared)),
          writes: await audit.writesSince(account.id, nowMs - WRITES_SINCE_MS),
          // Also those that came since the last pass.
          denials: state.keptDenials.shown(record, nowMs),
        }),
      },
    ];
  });
  return { earlier: new Map(await Promise.all(known)) };
}

/** After a complete read of an account: what waits for it in the accounts that come later is judged again. */
export function addLaterKeys({ name }: DesiredAccount, state: ControllerState, nowMs: number): void {
  const { enforced } = state;
  if (enforced === null) return;
  const { windows } = enforced.compilation.desired;
  const later = [...enforced.accounts.values()].filter((one) =>
    earlierNames(windows, one.name).includes(name),
  );
  const waiting = later.flatMap(({ id }) => state.account(id).holds);
  for (const { code, keys } of waiting)
    if (code === "account-order") for (const key of keys) state.queue.addKey(key, nowMs);
}

interface AccountFacts {
  readonly records: readonly KeyRecord[];
  /** The oldest first. */
  readonly writes: readonly PastWrite[];
  readonly denials: readonly FunctionDenials[];
}

function byNamespace(
  accountId: AccountId,
  { desired, invalid, brokenFileKeys }: Declarations,
  { records, writes, denials }: AccountFacts,
): EarlierAccount["keys"] {
  const declared = [desired.bindings, desired.policies, invalid, brokenFileKeys].flatMap((keys) =>
    [...keys.keys()].filter((key) => accountIdOf(key) === accountId),
  );
  const recordOf = new Map(records.map((record) => [record.key, record]));
  const writesOf = Map.groupBy(writes, ({ key }) => key);
  const denialsOf = new Map(denials.map((one) => [one.key, one]));
  const stateOf = (key: Key): EarlierKey["state"] => {
    const state = invalid.has(key) ? undefined : (desired.bindings.get(key) ?? desired.policies.get(key));
    if (state !== undefined) return { kind: "declared", desired: state };
    return invalid.has(key) || brokenFileKeys.has(key) ? { kind: "invalid" } : { kind: "removed" };
  };
  // A key of which nothing is left has no record, but its removal is a change.
  const keys = [...new Set([...declared, ...recordOf.keys(), ...writesOf.keys()])]
    .sort()
    .map((key): EarlierKey => {
      const [first] = writesOf.get(key) ?? [];
      const last = writesOf.get(key)?.at(-1);
      return {
        key,
        state: stateOf(key),
        record: recordOf.get(key) ?? null,
        writes: first === undefined || last === undefined ? null : { firstMs: first.atMs, lastMs: last.atMs },
        denials: denialsOf.get(key) ?? null,
      };
    });
  return Map.groupBy(keys, ({ key }) => keyParts(key).namespace);
}
