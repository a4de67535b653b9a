import type { UntouchedActions } from "../iam/match/untouched-actions.ts";
import { StatementRisks } from "../iam/risk/statement-risks.ts";
import type { CompiledDocument } from "../model/desired.ts";

/** What an attached document means for every role that attaches it. */
interface AttachedFacts {
  /** The actions that it does not deny. */
  readonly untouched: UntouchedActions;
  /** False only if no row of it has a risk or is part of an escalation path. */
  readonly mayBeRisk: boolean;
}

/**
 * Answers about boundaries and attached policies, which thousands of roles share: each is computed once. Lifetime: one
 * `GuardIndex`, since the documents are those of its revision and its reading of the account.
 */
export class SharedDocuments {
  readonly risks = new StatementRisks();
  readonly #attached = new Map<CompiledDocument | string, AttachedFacts>();
  readonly #boundaries = new Map<string, readonly UntouchedActions[]>();

  /** @param document as declared, or the text of a policy that is not declared */
  factsOf(document: CompiledDocument | string, compute: () => AttachedFacts): AttachedFacts {
    return remembered(this.#attached, document, compute);
  }

  /** What each known document of a boundary leaves as it is. */
  boundary(name: string, compute: () => readonly UntouchedActions[]): readonly UntouchedActions[] {
    return remembered(this.#boundaries, name, compute);
  }
}

function remembered<Name, Value extends object>(
  known: Map<Name, Value>,
  name: Name,
  compute: () => Value,
): Value {
  const found = known.get(name);
  if (found !== undefined) return found;
  const value = compute();
  known.set(name, value);
  return value;
}
