import { DeclaredCallers } from "../../explain/denials/call-owner.ts";
import type { AccountId } from "../../model/aws/ids.ts";
import type { CallDenial } from "../../model/denials/call-denial.ts";
import type { Desired } from "../../model/desired.ts";
import { accountIdOf, keyParts, type Key } from "../../model/keys/key.ts";
import { getOrAdd } from "../../model/values/lists.ts";
import type { ControllerContext } from "../settings.ts";

/** The functions of an account that the metric names; the others are counted together. */
const NAMED_FUNCTIONS = 50;

/** Keeps and counts the denied calls that functions made on their declared roles. */
export class KeptCalls {
  readonly #context: ControllerContext;
  readonly #named = new Map<AccountId, Set<string>>();
  #callers: { readonly desired: Desired; readonly found: DeclaredCallers } | null = null;

  constructor(context: ControllerContext) {
    this.#context = context;
  }

  keep(calls: readonly CallDenial[]): void {
    const { state, ports } = this.#context;
    const desired = state.enforced?.compilation.desired;
    if (desired === undefined || calls.length === 0) return;
    if (this.#callers?.desired !== desired)
      this.#callers = { desired, found: new DeclaredCallers(desired.bindings.values()) };
    for (const call of calls) {
      const owner = this.#callers.found.ownerOf(call);
      if (owner.kind !== "function" || !state.keptDenials.add(owner.key, call, ports.clock.nowMs())) continue;
      const account = desired.bindings.get(owner.key)?.account ?? call.accountId;
      ports.telemetry.count("function_denied_calls_total", { account, function: this.#nameOf(owner.key) });
    }
  }

  /** `orders/orders-api`; `other` for a function beyond the named ones. */
  #nameOf(key: Key): string {
    const { namespace, name } = keyParts(key);
    const text = `${namespace}/${name}`;
    const names = getOrAdd(this.#named, accountIdOf(key), () => new Set<string>());
    if (names.size < NAMED_FUNCTIONS) names.add(text);
    return names.has(text) ? text : "other";
  }
}
