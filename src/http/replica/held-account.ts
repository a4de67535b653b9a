import type { FastifyInstance } from "fastify";
import type { HeldAccount, ReplicaQuestion } from "../../controller/ports/assigned/account-holders.ts";
import { parseAccountId, type AccountId } from "../../model/aws/ids.ts";
import { collectionsText } from "../../text/collections.ts";
import { ApiFailure } from "../request/failure.ts";

/** How long a question may be answered. */
export const QUESTION_MS = 30_000;
/** The scheme of the header Authorization. Tokens of people and of programs have another one. */
export const REPLICA_SCHEME = "Replica";
const PATH = "/replica/accounts/";

export interface HeldAnswer {
  readonly version: string;
  readonly account: HeldAccount;
}

/** The accounts that are assigned to this replica. */
export interface HeldAccounts {
  /** The id of this replica. */
  readonly replica: string;
  readonly version: string;
  /** null: no other process can be kept from the account, or it is not assigned. */
  readonly account: (accountId: AccountId) => HeldAccount | null;
  readonly isProof: (question: ReplicaQuestion, proof: string) => boolean;
  /** By the clock of the record. @throws Error if the record cannot be read */
  readonly nowMs: () => Promise<number>;
}

export function heldAccountPath(accountId: string, untilMs: number): string {
  return `${PATH}${accountId}?until=${untilMs}`;
}

/** Answers the active replica, which alone has the key for it, about an account of which this standby makes the passes. */
export function registerHeldAccounts(app: FastifyInstance, held: () => HeldAccounts | null): void {
  app.get(`${PATH}:accountId`, async (request, reply) => {
    const { accountId } = request.params as { readonly accountId: string };
    const { until } = request.query as { readonly until?: unknown };
    const accounts = held();
    if (accounts === null) throw new ApiFailure("NotFound", "no account is assigned to this replica");
    const { replica, version, isProof, nowMs } = accounts;
    const question = { replica, accountId, untilMs: Number(until) };
    const [scheme, proof = ""] = (request.headers.authorization ?? "").split(" ");
    if (scheme !== REPLICA_SCHEME || !Number.isSafeInteger(question.untilMs) || !isProof(question, proof))
      throw new ApiFailure("Unauthorized", "only replicas of this installation ask this");
    const leftMs = question.untilMs - (await nowMs());
    if (leftMs < 0 || leftMs > QUESTION_MS)
      throw new ApiFailure("Unauthorized", "the question is of another time");
    const id = parseAccountId(accountId);
    const account = id === undefined ? null : accounts.account(id);
    if (account === null) throw new ApiFailure("NotFound", "the account is not assigned to this replica");
    reply.header("content-type", "application/json; charset=utf-8");
    return collectionsText({ version, account } satisfies HeldAnswer);
  });
}
