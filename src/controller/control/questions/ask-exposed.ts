import { exposed, mergedExposed, type CheckedFunction } from "../../../explain/reverse/exposed.ts";
import type { WhyReader } from "../../../model/answers/questions/access-questions.ts";
import type { ExposedFunctions } from "../../../model/answers/questions/who-can.ts";
import type { DesiredAccount, DesiredBinding } from "../../../model/desired.ts";
import { targetText } from "../../../model/keys/key.ts";
import { liveFunction, policiesReadMs } from "../../../model/live.ts";
import { err, ok, type Result } from "../../../model/values/result.ts";
import type { Refusal } from "../../ports/control.ts";
import type { ControllerContext } from "../../settings.ts";
import { inSlices } from "../../slices.ts";
import { noRevision } from "../no-revision.ts";
import { HIDDEN, type Asking } from "./asking.ts";
import { answerInParts, withAsked } from "./asked-accounts.ts";
import {
  knownFunctions,
  otherFunctions,
  unreadPlacesOfQuestion,
  visibleAccounts,
  type KnownFunction,
} from "./functions.ts";

/** The functions that outsiders may call, by the last read of their policies. Makes no AWS calls. */
export async function askExposed(
  reader: WhyReader,
  { state, ports }: ControllerContext,
): Promise<Result<ExposedFunctions, Refusal>> {
  const { enforced } = state;
  if (enforced === null) return err(noRevision(state.source));
  const records = await ports.store.accounts();
  const known = { state, enforced, records, reader, nowMs: ports.clock.nowMs() };
  const answers = await answerInParts(visibleAccounts(known), { state, ports }, async (part) => {
    const asking = { ...known, state: withAsked(state, part.asked) };
    const steps = exposed(checkedFunctions(asking, part.accounts), asking.nowMs);
    const answer = await inSlices(steps, ports.eventLoop, state.hardStop);
    return { answer, unread: unreadPlacesOfQuestion(asking, part.accounts) };
  });
  const [{ answer: first }, ...others] = answers;
  const merged = mergedExposed([first, ...others.map(({ answer }) => answer)]);
  return ok({ ...merged, unread: answers.flatMap(({ unread }) => unread).toSorted() });
}

function* checkedFunctions(asking: Asking, accounts: readonly DesiredAccount[]): Generator<CheckedFunction> {
  for (const account of accounts) {
    for (const known of knownFunctions(account, asking)) yield checkedFunction(known, asking);
    for (const { at, target, found, live } of otherFunctions(account, asking))
      yield {
        target,
        key: null,
        function: at,
        callers: [],
        found: { kind: "present", value: found },
        readAtMs: policiesReadMs(live, at.region, found.name),
      };
  }
}

function checkedFunction({ binding, declaration }: KnownFunction, asking: Asking): CheckedFunction {
  const { live, failure } = asking.state.account(binding.accountId);
  return {
    target: targetText(binding),
    key: binding.key,
    function: binding,
    callers: declaration.kind === "valid" ? binding.callers : [],
    found: foundOf(binding, asking) ?? { kind: "unknown", reason: failure ?? "AWS was not read yet" },
    readAtMs: live === null ? asking.nowMs : policiesReadMs(live, binding.region, binding.functionName),
  };
}

/** The function as the last pass read it. null: no pass has read the account. */
function foundOf(binding: DesiredBinding, { state, reader }: Asking): CheckedFunction["found"] | null {
  const { live, views } = state.account(binding.accountId);
  const view = views.get(binding.key);
  if (live === null || view === undefined) return null;
  if (reader.hidesFunction(view)) return { kind: "unknown", reason: HIDDEN };
  const reading = liveFunction(live, binding.region, binding.functionName);
  return reading;
}
