import type { ActionData } from "../iam/action-data.ts";
import type { Flaw } from "../iam/check/flaw.ts";
import type { CompiledDocument, CompiledStatement } from "../model/desired.ts";

/** The result of a check for a statement of a compiled document. */
export interface CheckedPart extends Pick<Flaw, "rule" | "severity" | "reason" | "fix"> {
  readonly compiled: CompiledStatement;
  /** The finding is about the statement as a whole. */
  readonly isWhole: boolean;
}

/** The texts of the other documents of the same role. */
export interface OtherDocuments {
  readonly attached: readonly string[];
  readonly boundaries: readonly string[];
}

/** The inputs of a check, apart from the document. */
interface CheckInputs extends OtherDocuments {
  readonly data: ActionData;
}

/** The last answer of one check for each document. An answer is used again only for equal inputs. */
class CheckAnswers {
  readonly #answers = new WeakMap<
    CompiledDocument,
    { readonly inputs: CheckInputs; readonly parts: readonly CheckedPart[] }
  >();

  partsOf(
    document: CompiledDocument,
    inputs: CheckInputs,
    check: () => readonly CheckedPart[],
  ): readonly CheckedPart[] {
    const known = this.#answers.get(document);
    if (known !== undefined && isSameInputs(known.inputs, inputs)) return known.parts;
    const parts = check();
    this.#answers.set(document, { inputs, parts });
    return parts;
  }
}

/**
 * Caches checks that every pass makes for each role, several times and nearly always with the same inputs.
 * Lifetime: the controller's or a command's; an answer is dropped with its document, which a new revision replaces.
 */
export class RoleChecks {
  readonly dead = new CheckAnswers();
  readonly doubtful = new CheckAnswers();
}

function isSameInputs(a: CheckInputs, b: CheckInputs): boolean {
  return a.data === b.data && sameTexts(a.attached, b.attached) && sameTexts(a.boundaries, b.boundaries);
}

function sameTexts(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((text, at) => text === b[at]);
}
