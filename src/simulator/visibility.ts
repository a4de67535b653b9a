import { type Input, own } from "./contract.ts";
import type { IamState } from "./iam/state.ts";

type Collection = "roles" | "policies" | "instanceProfiles";

interface ObjectReference {
  readonly collection: Collection;
  readonly key: string;
}

/** An object before a write, as JSON; undefined if it did not exist. */
interface PriorState extends ObjectReference {
  readonly json: string | undefined;
}

/** The objects that a write may change. */
export class TouchedObjects {
  readonly #account: IamState;
  readonly #before: readonly PriorState[];

  constructor(account: IamState, accountArn: string, input: Input) {
    this.#account = account;
    this.#before = targetsOf(accountArn, input).map((target) => ({
      ...target,
      json: jsonOf(account, target),
    }));
  }

  changed(): readonly PriorState[] {
    return this.#before.filter((before) => before.json !== jsonOf(this.#account, before));
  }
}

/** The input of every IAM write names the objects that it changes. */
function targetsOf(accountArn: string, input: Input): readonly ObjectReference[] {
  const { RoleName, PolicyArn, PolicyName, Path, InstanceProfileName } = input;
  const created =
    typeof PolicyName === "string"
      ? `${accountArn}:policy${typeof Path === "string" ? Path : "/"}${PolicyName}`
      : undefined;
  const named: readonly (readonly [Collection, unknown])[] = [
    ["roles", RoleName],
    ["policies", PolicyArn ?? created],
    ["instanceProfiles", InstanceProfileName],
  ];
  return named.flatMap(([collection, key]) => (typeof key === "string" ? [{ collection, key }] : []));
}

function jsonOf(account: IamState, { collection, key }: ObjectReference): string | undefined {
  const existing: object | undefined = own<object>(account[collection], key);
  return existing === undefined ? undefined : JSON.stringify(existing);
}

/**
 * IAM as readers see it: an object that changed less than `visibilityMs` ago is still shown in its old state. Writes
 * act on the current state.
 */
export class Visibility {
  readonly #visibilityMs: number;
  readonly #history = new WeakMap<IamState, (PriorState & { readonly atMs: number })[]>();

  constructor(visibilityMs: number) {
    this.#visibilityMs = visibilityMs;
  }

  record(account: IamState, changed: readonly PriorState[], nowMs: number): void {
    if (this.#visibilityMs === 0) return;
    const recent = this.#recent(account, nowMs);
    this.#history.set(account, [...recent, ...changed.map((before) => ({ ...before, atMs: nowMs }))]);
  }

  view(account: IamState, nowMs: number): IamState {
    const hidden = this.#recent(account, nowMs);
    if (hidden.length === 0) return account;
    const view = {
      ...account,
      roles: { ...account.roles },
      policies: { ...account.policies },
      instanceProfiles: { ...account.instanceProfiles },
    };
    for (const before of hidden.toReversed()) show(view, before);
    return view;
  }

  #recent(account: IamState, nowMs: number): readonly (PriorState & { readonly atMs: number })[] {
    return (this.#history.get(account) ?? []).filter(({ atMs }) => atMs > nowMs - this.#visibilityMs);
  }
}

function show(view: IamState, { collection, key, json }: PriorState): void {
  if (json === undefined) delete view[collection][key];
  else view[collection][key] = JSON.parse(json) as never;
}
