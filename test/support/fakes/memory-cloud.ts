import type { LiveState } from "../../../src/controller/ports/live-state.ts";
import type { Actuator } from "../../../src/controller/ports/actuator.ts";
import type { Organizations } from "../../../src/controller/ports/estate/organizations.ts";
import type { FoundAccount } from "../../../src/model/aws/found-account.ts";
import type { DesiredAccountSet } from "../../../src/model/desired.ts";
import type { AccountId } from "../../../src/model/aws/ids.ts";
import { AwsError } from "../../../src/model/aws/errors/aws-error.ts";
import { resultOf } from "../../../src/model/values/result.ts";
import { emptyAccount } from "../pass/live-state.ts";
import { FakeAws } from "./fake-aws.ts";
import type { FakeClock } from "./fake-clock.ts";

/** Every account that a test asks for, empty but for its boundary at first. */
export class MemoryCloud implements LiveState, Actuator {
  readonly accounts = new Map<AccountId, FakeAws>();
  readonly #clock: FakeClock;

  constructor(clock: FakeClock) {
    this.#clock = clock;
  }

  account(id: AccountId): FakeAws {
    const found = this.accounts.get(id) ?? new FakeAws(emptyAccount({ accountId: id }), this.#clock);
    this.accounts.set(id, found);
    return found;
  }

  sweep(...[request]: Parameters<LiveState["sweep"]>): ReturnType<LiveState["sweep"]> {
    return this.account(request.account.id).sweep(request);
  }

  read(...[request]: Parameters<LiveState["read"]>): ReturnType<LiveState["read"]> {
    return this.account(request.account.id).read(request);
  }

  apply(...[action, context]: Parameters<Actuator["apply"]>): ReturnType<Actuator["apply"]> {
    return this.account(context.account.id).apply(action, context);
  }
}

/** The organizations of account sets, by the name of the set. */
export class MemoryOrganizations implements Organizations {
  readonly found = new Map<string, readonly FoundAccount[]>();
  failure: Error | null = null;
  reads = 0;

  accountsOf({ name }: DesiredAccountSet): ReturnType<Organizations["accountsOf"]> {
    this.reads += 1;
    const reading =
      this.failure === null ? Promise.resolve(this.found.get(name) ?? []) : Promise.reject(this.failure);
    return resultOf(reading, AwsError);
  }
}
