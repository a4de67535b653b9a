import { setTimeout as timer } from "node:timers/promises";
import type { Actuator } from "../src/controller/ports/actuator.ts";
import type { Clock } from "../src/controller/ports/clock.ts";
import type { LiveState } from "../src/controller/ports/live-state.ts";
import type { AccountId, Region } from "../src/model/aws/ids.ts";
import {
  livePolicy,
  liveRole,
  type LiveAccount,
  type LiveFunction,
  type LiveRegion,
  type LiveRole,
  type Reading,
} from "../src/model/live.ts";
import type { FunctionRequest } from "../src/model/read-requests.ts";
import { ok } from "../src/model/values/result.ts";
import { present } from "./desired.ts";

/** Accounts that are read without a wire. The first write never ends, as if the process were killed there. */
export class MemoryAws implements LiveState, Actuator {
  #accounts: ReadonlyMap<AccountId, LiveAccount>;
  readonly #clock: Clock;
  onWrite: () => void = () => undefined;
  /** How long a sweep takes; 0: the answer is there immediately, as no answer of AWS is. */
  sweepMs = 0;

  constructor(accounts: ReadonlyMap<AccountId, LiveAccount>, clock: Clock) {
    this.#accounts = accounts;
    this.#clock = clock;
  }

  /** Someone changes each role in the console: it has this inline policy, or no longer; null: no policy is added. */
  setExtraPolicy(text: string | null): void {
    this.#accounts = new Map(
      [...this.#accounts].map(([id, account]) => [id, { ...account, roles: withExtra(account.roles, text) }]),
    );
  }

  async sweep({ account, functions }: Parameters<LiveState["sweep"]>[0]): ReturnType<LiveState["sweep"]> {
    if (this.sweepMs > 0) await timer(this.sweepMs);
    return ok(withRequested(this.#read(account.id), functions));
  }

  async read({
    account,
    roleNames,
    policyArns,
    functions,
  }: Parameters<LiveState["read"]>[0]): ReturnType<LiveState["read"]> {
    const live = withRequested(this.#read(account.id), functions);
    const names = Map.groupBy(functions, ({ region }) => region);
    const regions = [...names].map(([region, named]) => {
      const wanted = new Set(named.map(({ functionName }) => functionName));
      return [region, regionOf(live, region, wanted)] as const;
    });
    return ok({
      ...live,
      complete: false,
      roles: new Map(roleNames.map((name) => [name.toLowerCase(), liveRole(live, name)])),
      policies: new Map(policyArns.map((arn) => [arn, livePolicy(live, arn)])),
      regions: new Map(regions),
    });
  }

  apply(): ReturnType<Actuator["apply"]> {
    this.onWrite();
    return new Promise(() => undefined);
  }

  #read(id: AccountId): LiveAccount {
    return { ...present(this.#accounts.get(id)), observedAtMs: this.#clock.nowMs() };
  }
}

const EXTRA = "hotfix";

function withExtra(roles: LiveAccount["roles"], text: string | null): LiveAccount["roles"] {
  const extra = text === null ? [] : [{ name: EXTRA, text }];
  return new Map(
    [...roles].map(([name, role]): readonly [string, Reading<LiveRole>] => {
      if (role.kind !== "present") return [name, role];
      const inline = [...role.value.inline.filter((one) => one.name !== EXTRA), ...extra];
      return [name, { ...role, value: { ...role.value, inline } }];
    }),
  );
}

/** No function has a published version or an alias; as AWS, it answers that only for the functions that a request names. */
function withRequested(account: LiveAccount, requests: readonly FunctionRequest[]): LiveAccount {
  const requested = Map.groupBy(requests, ({ region }) => region);
  const regions = [...account.regions].map(([region, at]): readonly [Region, LiveRegion] => {
    if (at.kind !== "read") return [region, at];
    const functions = new Map(at.functions);
    for (const request of requested.get(region) ?? []) {
      const found = functions.get(request.functionName);
      if (found !== undefined) functions.set(request.functionName, { ...found, ...usesIn(request) });
    }
    return [region, { ...at, functions }];
  });
  return { ...account, regions: new Map(regions) };
}

const NONE = { kind: "present", value: [] } as const;

function usesIn({ versions, versionPolicies, aliases }: FunctionRequest): Partial<LiveFunction> {
  if (versions || versionPolicies !== undefined) return { versions: NONE, aliases: NONE };
  return aliases ? { aliases: NONE } : {};
}

function regionOf(live: LiveAccount, region: Region, wanted: ReadonlySet<string>): LiveRegion {
  const at = live.regions.get(region);
  if (at?.kind !== "read") return { kind: "failed", reason: "no such region" };
  const functions = new Map([...at.functions].filter(([name]) => wanted.has(name)));
  const absentFunctions = new Set([...wanted].filter((name) => !functions.has(name)));
  return { kind: "read", functions, complete: false, absentFunctions };
}
