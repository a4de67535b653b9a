import type { Input } from "./contract.ts";
import type { IamState } from "./iam/state.ts";
import { own } from "./own.ts";

type Collection = "roles" | "policies" | "instanceProfiles";

interface Target {
  readonly collection: Collection;
  readonly key: string;
}

/** What stood before a write, as JSON; undefined: nothing. */
interface Before extends Target {
  readonly json: string | undefined;
}

/** What one write is about to touch. */
export class Touched {
  readonly #account: IamState;
  readonly #before: readonly Before[];

  constructor(account: IamState, accountArn: string, input: Input) {
    this.#account = account;
    this.#before = targetsOf(accountArn, input).map((target) => ({
      ...target,
      json: jsonOf(account, target),
    }));
  }

  changed(): readonly Before[] {
    return this.#before.filter((before) => before.json !== jsonOf(this.#account, before));
  }
}

/** Every IAM write names what it changes in its input. */
function targetsOf(accountArn: string, input: Input): readonly Target[] {
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

function jsonOf(account: IamState, { collection, key }: Target): string | undefined {
  const standing: object | undefined = own<object>(account[collection], key);
  return standing === undefined ? undefined : JSON.stringify(standing);
}

/**
 * IAM as readers see it: what changed less than `visibilityMs` ago still shows as it was,
 * each object by itself. Writers act on what really stands.
 */
export class Visibility {
  readonly #visibilityMs: number;
  readonly #history = new WeakMap<IamState, (Before & { readonly atMs: number })[]>();

  constructor(visibilityMs: number) {
    this.#visibilityMs = visibilityMs;
  }

  record(account: IamState, changed: readonly Before[], nowMs: number): void {
    if (this.#visibilityMs === 0) return;
    const standing = this.#recent(account, nowMs);
    this.#history.set(account, [...standing, ...changed.map((before) => ({ ...before, atMs: nowMs }))]);
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

  #recent(account: IamState, nowMs: number): readonly (Before & { readonly atMs: number })[] {
    return (this.#history.get(account) ?? []).filter(({ atMs }) => atMs > nowMs - this.#visibilityMs);
  }
}

function show(view: IamState, { collection, key, json }: Before): void {
  if (json === undefined) delete view[collection][key];
  else view[collection][key] = JSON.parse(json) as never;
}
