import type { AuditFact } from "../../audit/entry.ts";
import type { AccountId } from "../../model/aws/ids.ts";
import { observedAccount, type FoundAccount } from "../../model/aws/found-account.ts";
import { fixOfAwsError } from "../../model/aws/errors/aws-error.ts";
import type { DesiredAccountSet } from "../../model/desired.ts";
import type { ControllerContext } from "../settings.ts";
import { accountsInForce, membersOf } from "./accounts.ts";
import { Turns } from "../../model/values/turns.ts";

const EVERY_MS = 600_000;
const AFTER_A_FAILURE_MS = 60_000;

/** Reads the organizations of account sets, next to everything else: a slow one delays no pass. */
export class AccountSetReader {
  readonly #context: ControllerContext;
  /** By name of the set: one that gives no answer delays no other. */
  readonly #reading = new Map<string, Promise<void>>();
  /** One set after the other: an account that two sets find is recorded once. */
  readonly #recording = new Turns();

  constructor(context: ControllerContext) {
    this.#context = context;
  }

  /** Starts to read the sets that are due, unless they are being read. */
  readDue(signal: AbortSignal): void {
    const { state, ports } = this.#context;
    const sets = state.enforced?.compilation.desired.accountSets ?? [];
    const nowMs = ports.clock.nowMs();
    for (const set of sets) {
      if (this.#reading.has(set.name) || !state.accountSets.isDue(set, nowMs)) continue;
      const reading = this.#read(set, signal)
        .catch((error: unknown) => ports.telemetry.error("account set failed", { reason: String(error) }))
        .finally(() => this.#reading.delete(set.name));
      this.#reading.set(set.name, reading);
    }
  }

  /** Waits for the organizations that are being read. */
  async idle(): Promise<void> {
    await Promise.all(this.#reading.values());
  }

  async #read(set: DesiredAccountSet, signal: AbortSignal): Promise<void> {
    let problem: SetProblem;
    try {
      const found = await this.#context.ports.organizations.accountsOf(set, signal);
      if (found.kind === "ok") return await this.#recording.inTurn(() => this.#found(set, found.value));
      problem = { reason: found.error.message, fix: fixOfAwsError(found.error) };
    } catch (cause) {
      // An error of Grantkeeper, such as a full disk, is shown like one of AWS, and tried again no sooner.
      problem = faultOf(cause);
    }
    if (!signal.aborted) await this.#failed(set, problem);
  }

  async #failed(set: DesiredAccountSet, problem: SetProblem): Promise<void> {
    const { state, ports } = this.#context;
    const nowMs = ports.clock.nowMs();
    state.accountSets.failed(set, problem, { nowMs, dueMs: nowMs + AFTER_A_FAILURE_MS });
    const { reason, fix } = problem;
    ports.telemetry.warn("organization not read", {
      set: set.name,
      reason,
      hint: fix ?? "grantkeeper doctor",
    });
    await this.#useAccounts();
  }

  async #found(set: DesiredAccountSet, found: readonly FoundAccount[]): Promise<void> {
    const { state, ports } = this.#context;
    await this.#recordMembers(set, found);
    const nowMs = ports.clock.nowMs();
    state.accountSets.found(set, found, { nowMs, dueMs: nowMs + EVERY_MS });
    ports.telemetry.gauge("account_set_accounts", found.length, { set: set.name });
    await this.#useAccounts();
  }

  /**
   * Records which accounts joined and left, before they are used. An account that a manifest or another set names already
   * is theirs: its record stays.
   */
  async #recordMembers(set: DesiredAccountSet, found: readonly FoundAccount[]): Promise<void> {
    const { state, ports } = this.#context;
    const records = await ports.store.accounts();
    const before = membersOf(set, records);
    const known = new Set(before.map(({ id }) => id));
    const ids = new Set(found.map(({ id }) => id));
    const isOfOther = (id: AccountId): boolean => {
      const account = state.enforced?.accounts.get(id);
      return account !== undefined && account.set !== set.name;
    };
    const added = found
      .filter(({ id }) => !known.has(id) && !isOfOther(id))
      .map((account) => observedAccount(set, account));
    const ofOthers = this.#foundByOthers(set);
    const left = before.filter(({ id }) => !ids.has(id) && !ofOthers.has(id));
    const facts = [
      ...added.map((account): MemberFact => ({ kind: "account-found", ...namesOf(account, set) })),
      ...left.map((account): MemberFact => ({ kind: "account-left", ...namesOf(account, set) })),
    ];
    if (facts.length === 0) return;
    const members = [
      ...added.map((account) => ({ accountId: account.id, name: account.name, declared: account })),
      ...left.map(({ id, name }) => ({ accountId: id, name, declared: null })),
    ];
    await ports.recorder.record({ facts, change: { members }, alerts: [] });
    for (const { kind, accountId, account } of facts) {
      const fields = { set: set.name, accountId, account };
      if (kind === "account-found") ports.telemetry.info("account found", fields);
      else ports.telemetry.warn("account left", { ...fields, hint: LEFT_FIX });
    }
  }

  /** An account that moves to another set stays observed. */
  #foundByOthers(set: DesiredAccountSet): ReadonlySet<AccountId> {
    const { state } = this.#context;
    const others =
      state.enforced?.compilation.desired.accountSets.filter(({ name }) => name !== set.name) ?? [];
    return new Set(others.flatMap((other) => state.accountSets.of(other).found ?? []).map(({ id }) => id));
  }

  async #useAccounts(): Promise<void> {
    const { state, ports } = this.#context;
    const records = await ports.store.accounts();
    if (state.enforced === null) return;
    state.accountsChanged(
      accountsInForce(state.enforced, { records, sets: state.accountSets }),
      ports.clock.nowMs(),
    );
  }
}

const LEFT_FIX =
  "nothing in it was changed; if it is still to be observed, correct units, tags or except of the AccountSet, or declare it with an AwsAccount";

interface SetProblem {
  readonly reason: string;
  readonly fix: string | null;
}

function faultOf(cause: unknown): SetProblem {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return { reason: `internal error: ${reason}`, fix: 'look for "organization not read" in the log' };
}

type MemberFact = Extract<AuditFact, { readonly kind: "account-found" | "account-left" }>;

function namesOf(
  { id, name }: { readonly id: MemberFact["accountId"]; readonly name: string },
  set: DesiredAccountSet,
): Omit<MemberFact, "kind"> {
  return { set: set.name, accountId: id, account: name };
}
