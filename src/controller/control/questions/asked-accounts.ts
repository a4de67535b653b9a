import type { AccountId } from "../../../model/aws/ids.ts";
import type { DesiredAccount } from "../../../model/desired.ts";
import type { AskedAccounts, HeldAccount, NoAnswer } from "../../ports/assigned/account-holders.ts";
import type { ControllerContext } from "../../settings.ts";
import { EMPTY_ACCOUNT, type AccountMemory } from "../../state/account-memory.ts";
import type { ControllerState } from "../../state/controller-state.ts";

/** An answer may have megabytes. */
const ASKED_TOGETHER = 8;

/** For every reader, also of one namespace. */
const REASONS = {
  returned: "the account was returned by another replica, and is read again",
  "no-address": "another replica reads the account, and has no http.replicaUrl at which to ask it",
  silent: "another replica reads the account, and does not answer",
  "not-held": "another replica has just returned the account, or has not begun to read it",
  "other-version": "another replica reads the account, and runs another version",
} as const satisfies Record<NoAnswer, string>;

type AskingState = Pick<ControllerState, "account" | "assigned" | "hardStop">;

/**
 * Asks the replicas that make the passes of these accounts: they alone have what was read of them in AWS. The caller sees the
 * accounts. Of a replica that does not answer, what its last pass left in the record remains, with the reason.
 */
export async function askAccounts(
  accounts: readonly AccountId[],
  {
    state,
    ports: { holders },
  }: { readonly state: AskingState; readonly ports: Pick<ControllerContext["ports"], "holders"> },
): Promise<AskedAccounts> {
  const asked = new Map<AccountId, HeldAccount>();
  if (holders === null) return asked;
  const assigned = [...new Set(accounts)].filter((id) => state.assigned.has(id)).toSorted();
  for (let at = 0; at < assigned.length; at += ASKED_TOGETHER) {
    const together = assigned.slice(at, at + ASKED_TOGETHER);
    const answers = together.map(async (accountId) => {
      const answer = await holders.ask(accountId, state.hardStop);
      asked.set(
        accountId,
        answer.kind === "ok" ? answer.value : unanswered(accountId, REASONS[answer.error], state),
      );
    });
    await Promise.all(answers);
  }
  return asked;
}

/** A part of a question over many accounts. */
interface QuestionPart {
  readonly accounts: readonly DesiredAccount[];
  readonly asked: AskedAccounts;
}

/**
 * Answers a question about these accounts in parts, first about those of this process: the complete states of few accounts of other
 * replicas are in memory at a time.
 */
export async function answerInParts<Answer>(
  accounts: readonly DesiredAccount[],
  parts: Parameters<typeof askAccounts>[1],
  answer: (part: QuestionPart) => Promise<Answer>,
): Promise<readonly [Answer, ...Answer[]]> {
  const { assigned } = parts.state;
  const others = accounts.filter(({ id }) => assigned.has(id));
  const first = await answer({ accounts: accounts.filter((one) => !others.includes(one)), asked: new Map() });
  const answers: Answer[] = [];
  for (let at = 0; at < others.length; at += ASKED_TOGETHER) {
    const together = others.slice(at, at + ASKED_TOGETHER);
    const asked = await askAccounts(
      together.map(({ id }) => id),
      parts,
    );
    answers.push(await answer({ accounts: together, asked }));
  }
  return [first, ...answers];
}

/** The state of one question, or of a part: all of it is as of the answers, also if a pass ends meanwhile. */
export function withAsked(
  state: Pick<ControllerState, "account" | "references">,
  asked: AskedAccounts,
): Pick<ControllerState, "account" | "references"> {
  const accounts = new Map([...asked].map(([id, held]) => [id, memoryOf(held)]));
  return { references: state.references, account: (id) => accounts.get(id) ?? state.account(id) };
}

function memoryOf(held: HeldAccount): AccountMemory {
  const { live, views, holds, orphans, rejected, failure, fault, unread } = held;
  const found = { live, views, holds, orphans, rejected, failure, fault, unread };
  return { ...EMPTY_ACCOUNT, ...found, firstPassEnded: true };
}

function unanswered(accountId: AccountId, reason: string, state: AskingState): HeldAccount {
  const { views, holds, orphans, rejected, failure, fault, unread } = state.account(accountId);
  const found = { accountId, views, holds, orphans, rejected, fault, unread };
  return { ...found, live: null, failure: failure ?? reason };
}
