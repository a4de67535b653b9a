import { coveragePlaceName } from "../../../adopt/coverage/coverage-inputs.ts";
import type { AskingFunction } from "../../../explain/why/question.ts";
import type { Region } from "../../../model/aws/ids.ts";
import { isBinding, type DesiredAccount, type DesiredBinding } from "../../../model/desired.ts";
import type { Key } from "../../../model/keys/key.ts";
import type { LiveAccount, LiveFunction } from "../../../model/live.ts";
import { formatDuration } from "../../../model/values/duration.ts";
import { formatOrigin } from "../../../model/values/origin.ts";
import type { EnforcedNow } from "../../state/controller-state.ts";
import { unreadAreas } from "../../state/passes/unread-areas.ts";
import { failingOf, type Asking } from "./asking.ts";

/** Whether a valid manifest declares a function. `broken`: one declares it with an error. */
type FunctionDeclaration =
  { readonly kind: "valid" | "removed" } | { readonly kind: "broken"; readonly reason: string };

/** A function that a manifest declares, or declared when it was last compared. */
export interface KnownFunction {
  readonly binding: DesiredBinding;
  readonly declaration: FunctionDeclaration;
}

/** Those of an account that the caller sees. */
export function knownFunctions(account: DesiredAccount, asking: Asking): readonly KnownFunction[] {
  return allKnown(account, asking).filter(({ binding }) => asking.reader.sees(binding.key));
}

function allKnown({ id }: DesiredAccount, { state, enforced }: Asking): readonly KnownFunction[] {
  const { bindings } = enforced.compilation.desired;
  const declared = [...bindings.values()].filter(({ accountId }) => accountId === id);
  const former = [...state.account(id).views.values()].flatMap(({ desired }) =>
    desired !== null && isBinding(desired) && !bindings.has(desired.key) ? [desired] : [],
  );
  return [...declared, ...former].map((binding) => ({
    binding,
    declaration: declarationOf(binding.key, enforced),
  }));
}

export function declarationOf(key: Key, { compilation, brokenFileKeys }: EnforcedNow): FunctionDeclaration {
  if (compilation.desired.bindings.has(key)) return { kind: "valid" };
  const diagnostic = compilation.invalid.get(key)?.[0] ?? brokenFileKeys.get(key);
  if (diagnostic === undefined) return { kind: "removed" };
  return {
    kind: "broken",
    reason: `its manifest is broken: ${formatOrigin(diagnostic.origin)}: ${diagnostic.message}`,
  };
}

/** The accounts of which the caller sees anything. */
export function visibleAccounts(asking: Asking): readonly DesiredAccount[] {
  const accounts = [...asking.enforced.accounts.values()];
  return accounts.filter(
    (account) => asking.reader.seesEverything || knownFunctions(account, asking).length > 0,
  );
}

/** A function in AWS that no manifest names. */
export interface OtherFunction {
  readonly at: AskingFunction;
  /** `function orders-api@prod/eu-west-1`. */
  readonly target: string;
  readonly found: LiveFunction;
  /** The account as it was read. */
  readonly live: LiveAccount;
}

/** Those of an account that were read, for a caller who sees everything: they belong to no namespace. */
export function* otherFunctions(account: DesiredAccount, asking: Asking): Generator<OtherFunction> {
  const { live } = asking.state.account(account.id);
  if (live === null || !asking.reader.seesEverything) return;
  const known = new Set(
    allKnown(account, asking).map(({ binding }) => coveragePlaceName(binding.region, binding.functionName)),
  );
  for (const [region, at] of live.regions) {
    if (at.kind !== "read") continue;
    for (const found of at.functions.values())
      if (!known.has(coveragePlaceName(region, found.name)) && at.unread?.has(found.name) !== true)
        yield { ...placedFunction(found, account, region), found, live };
  }
}

function placedFunction(
  { name: functionName, arn: functionArn }: LiveFunction,
  { id: accountId, name: account, partition }: DesiredAccount,
  region: Region,
): Pick<OtherFunction, "at" | "target"> {
  const at = { account, accountId, partition, region, functionName, functionArn };
  return { at, target: `function ${functionName}@${account}/${region}` };
}

/**
 * Where more functions may exist, and accounts whose newer reads fail, so that the answer is of an earlier time: one
 * sentence each, sorted. A token with namespaces sees those of accounts with its functions.
 */
export function unreadPlacesOfQuestion(
  asking: Asking,
  accounts: readonly DesiredAccount[],
): readonly string[] {
  return accounts
    .filter((account) => asking.reader.seesEverything || knownFunctions(account, asking).length > 0)
    .flatMap((account) => [...unreadOf(account, asking), ...staleOf(account, asking)])
    .toSorted();
}

/** A token with namespaces sees only functions that it knows. */
function unreadOf({ id, name }: DesiredAccount, { state, reader }: Asking): readonly string[] {
  if (!reader.seesEverything) return [];
  const { live, failure } = state.account(id);
  if (live === null) return [`account ${name}: ${failure ?? "AWS was not read yet"}`];
  return unreadAreas(live).map((area) => `account ${name}: ${area}`);
}

/** Without a read at all, each function has the reason. */
function staleOf({ id, name }: DesiredAccount, { state, records, nowMs }: Asking): readonly string[] {
  const { live } = state.account(id);
  const failing = failingOf(id, records);
  if (live === null || failing === null) return [];
  const age = formatDuration(Math.max(0, nowMs - live.observedAtMs));
  return [`account ${name}: the answer is ${age} old, newer reads fail: ${failing.reason}`];
}
