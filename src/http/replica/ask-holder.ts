import type { Clock } from "../../controller/ports/clock.ts";
import type {
  AccountHolders,
  HeldAccount,
  ReplicaQuestion,
} from "../../controller/ports/assigned/account-holders.ts";
import type { AccountId } from "../../model/aws/ids.ts";
import { replicaLabel, type ReplicaIdentity } from "../../model/network/replica.ts";
import { err, ok, type Result } from "../../model/values/result.ts";
import { parsedCollections } from "../../text/collections.ts";
import { heldAccountPath, QUESTION_MS, REPLICA_SCHEME, type HeldAnswer } from "./held-account.ts";

/** The answer of a replica with 300 functions in an account takes a tenth of a second. */
const ANSWER_MS = 10_000;
/** A replica that did not answer is not asked again for this long: a question about its thousand accounts does not wait for each. */
const SILENT_MS = 5_000;

type AskedReplica = Pick<ReplicaIdentity, "id" | "host" | "pid" | "address">;

interface AskingParts {
  /** null: this process has the account again. */
  readonly holderOf: (accountId: AccountId) => Promise<AskedReplica | null>;
  readonly proofOf: (question: ReplicaQuestion) => string;
  /** By the clock of the record. */
  readonly nowMs: () => Promise<number>;
  readonly clock: Pick<Clock, "nowMs">;
  /** Of the program: another one may have other members. */
  readonly version: string;
}

/** Asks other replicas at their `http.replicaUrl`. */
export class HttpAccountHolders implements AccountHolders {
  readonly #parts: AskingParts;
  /** By id of the replica. */
  readonly #silent = new Map<string, { readonly untilMs: number; readonly reason: string }>();

  constructor(parts: AskingParts) {
    this.#parts = parts;
  }

  async ask(accountId: AccountId, signal: AbortSignal): Promise<Result<HeldAccount, string>> {
    const { clock, holderOf } = this.#parts;
    const holder = await holderOf(accountId);
    if (holder === null) return err("it was returned by another replica, and is read again");
    const name = replicaLabel(holder);
    const silent = this.#silent.get(holder.id);
    if (silent !== undefined && clock.nowMs() < silent.untilMs) return err(silent.reason);
    this.#silent.delete(holder.id);
    const { address } = holder;
    if (address === null)
      return err(`replica ${name} reads it, and has no http.replicaUrl at which to ask it`);
    try {
      return await this.#answer(accountId, { holder, address, name }, signal);
    } catch (cause) {
      signal.throwIfAborted();
      const reason = `replica ${name} reads it, and does not answer: ${causeText(cause)}`;
      this.#silent.set(holder.id, { untilMs: clock.nowMs() + SILENT_MS, reason });
      return err(reason);
    }
  }

  async #answer(
    accountId: AccountId,
    {
      holder,
      address,
      name,
    }: { readonly holder: AskedReplica; readonly address: string; readonly name: string },
    signal: AbortSignal,
  ): Promise<Result<HeldAccount, string>> {
    const { proofOf, nowMs, version } = this.#parts;
    const untilMs = (await nowMs()) + QUESTION_MS;
    const proof = proofOf({ replica: holder.id, accountId, untilMs });
    const answer = await fetch(new URL(heldAccountPath(accountId, untilMs), address), {
      headers: { authorization: `${REPLICA_SCHEME} ${proof}` },
      redirect: "error",
      signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]),
    });
    const text = await answer.text();
    if (answer.status === 404)
      return err(`replica ${name} has just returned it, or has not begun to read it`);
    if (answer.status !== 200) throw new Error(`HTTP ${answer.status}`);
    const held = parsedCollections(text) as HeldAnswer;
    if (held.version === version) return ok(held.account);
    return err(`replica ${name} reads it, and runs version ${held.version}, not ${version}`);
  }
}

/** `fetch` has the reason in the cause. */
function causeText(error: unknown): string {
  if (typeof error !== "object" || error === null) return "it is not reached";
  if ("cause" in error && error.cause !== undefined) return causeText(error.cause);
  return "message" in error && typeof error.message === "string" ? error.message : "it is not reached";
}
