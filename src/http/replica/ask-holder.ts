import type { Clock } from "../../controller/ports/clock.ts";
import type {
  AccountHolders,
  HeldAccount,
  NoAnswer,
  ReplicaQuestion,
} from "../../controller/ports/assigned/account-holders.ts";
import type { Telemetry } from "../../controller/ports/telemetry.ts";
import type { AccountId } from "../../model/aws/ids.ts";
import { replicaLabel, type ReplicaIdentity } from "../../model/network/replica.ts";
import { err, ok, type Result } from "../../model/values/result.ts";
import { parsedCollections } from "../../text/collections.ts";
import { heldAccountPath, QUESTION_MS, REPLICA_SCHEME, type HeldAnswer } from "./held-account.ts";

/** The answer of a replica with 300 functions in an account takes a tenth of a second. */
const ANSWER_MS = 10_000;
/** A replica that did not answer is not asked again for this long: a question about its thousand accounts does not wait for each. */
const SILENT_MS = 5_000;

/** The log has the same problem of a replica once in this time: a page asks every few seconds. */
const LOGGED_MS = 60_000;

type AskedReplica = Pick<ReplicaIdentity, "id" | "host" | "pid" | "address">;

interface AskingParts {
  /** null: this process has the account again. */
  readonly holderOf: (accountId: AccountId) => Promise<AskedReplica | null>;
  readonly proofOf: (question: ReplicaQuestion) => string;
  /** By the clock of the record. */
  readonly nowMs: () => Promise<number>;
  readonly clock: Pick<Clock, "nowMs">;
  readonly telemetry: Pick<Telemetry, "warn">;
  /** Of the program: another one may have other members. */
  readonly version: string;
}

/** Asks other replicas at their `http.replicaUrl`. */
export class HttpAccountHolders implements AccountHolders {
  readonly #parts: AskingParts;
  /** Until when a replica is not asked again, by its id. */
  readonly #silentUntilMs = new Map<string, number>();
  /** When a problem was logged last, by id and reason. */
  readonly #loggedMs = new Map<string, number>();

  constructor(parts: AskingParts) {
    this.#parts = parts;
  }

  async ask(accountId: AccountId, signal: AbortSignal): Promise<Result<HeldAccount, NoAnswer>> {
    const { clock, holderOf } = this.#parts;
    const holder = await holderOf(accountId);
    if (holder === null) return err("returned");
    const silentUntilMs = this.#silentUntilMs.get(holder.id);
    if (silentUntilMs !== undefined && clock.nowMs() < silentUntilMs) return err("silent");
    this.#silentUntilMs.delete(holder.id);
    const { address } = holder;
    if (address === null) return this.#without("no-address", { accountId, holder, cause: "" });
    try {
      return await this.#answer(accountId, { holder, address }, signal);
    } catch (cause) {
      signal.throwIfAborted();
      this.#silentUntilMs.set(holder.id, clock.nowMs() + SILENT_MS);
      return this.#without("silent", { accountId, holder, cause: causeText(cause) });
    }
  }

  async #answer(
    accountId: AccountId,
    { holder, address }: { readonly holder: AskedReplica; readonly address: string },
    signal: AbortSignal,
  ): Promise<Result<HeldAccount, NoAnswer>> {
    const { proofOf, nowMs, version } = this.#parts;
    const untilMs = (await nowMs()) + QUESTION_MS;
    const proof = proofOf({ replica: holder.id, accountId, untilMs });
    const answer = await fetch(new URL(heldAccountPath(accountId, untilMs), address), {
      headers: { authorization: `${REPLICA_SCHEME} ${proof}` },
      redirect: "error",
      signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]),
    });
    const text = await answer.text();
    // Ordinary for seconds after an account was assigned or returned.
    if (answer.status === 404) return err("not-held");
    if (answer.status !== 200) throw new Error(`HTTP ${answer.status}`);
    const held = parsedCollections(text) as HeldAnswer;
    if (held.version === version) return ok(held.account);
    const cause = `version ${held.version}, not ${version}`;
    return this.#without("other-version", { accountId, holder, cause });
  }

  /** The log alone has the name of the replica and the cause: the reason is shown to tokens with namespaces. */
  #without(
    reason: NoAnswer,
    facts: { readonly accountId: AccountId; readonly holder: AskedReplica; readonly cause: string },
  ): Result<HeldAccount, NoAnswer> {
    const { accountId, holder, cause } = facts;
    const nowMs = this.#parts.clock.nowMs();
    const problem = `${holder.id} ${reason}`;
    if (nowMs - (this.#loggedMs.get(problem) ?? -Infinity) < LOGGED_MS) return err(reason);
    this.#loggedMs.set(problem, nowMs);
    const fields = { accountId, replica: replicaLabel(holder), reason, cause };
    this.#parts.telemetry.warn("a replica was not asked about its account, or gave no answer", fields);
    return err(reason);
  }
}

/** `fetch` has the reason in the cause. */
function causeText(error: unknown): string {
  if (typeof error !== "object" || error === null) return "it is not reached";
  if ("cause" in error && error.cause !== undefined) return causeText(error.cause);
  return "message" in error && typeof error.message === "string" ? error.message : "it is not reached";
}
