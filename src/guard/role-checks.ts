import type { ActionData } from "../iam/action-data.ts";
import type { Flaw } from "../iam/check/flaw.ts";
import type { Member } from "../iam/document.ts";
import { compiledDocumentText } from "../iam/read/print.ts";
import { readStatement } from "../iam/read/statement.ts";
import type { CompiledDocument, CompiledStatement, DesiredBinding } from "../model/desired.ts";
import { tagKeysIn } from "./tag-keys.ts";

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

/** An answer for each object, computed when it is first asked for. */
class Answers<Subject extends object, Answer extends object | string> {
  readonly #known = new WeakMap<Subject, Answer>();
  readonly #answerFor: (subject: Subject) => Answer;

  constructor(answerFor: (subject: Subject) => Answer) {
    this.#answerFor = answerFor;
  }

  of(subject: Subject): Answer {
    const known = this.#known.get(subject);
    if (known !== undefined) return known;
    const answer = this.#answerFor(subject);
    this.#known.set(subject, answer);
    return answer;
  }
}

/**
 * Caches checks that every pass makes for each role, several times and nearly always with the same inputs.
 * Lifetime: the controller's or a command's; an answer is dropped with its document, which a new revision replaces.
 */
export class RoleChecks {
  /** The text of a compiled document, which several rules read. */
  readonly texts = new Answers<CompiledDocument, string>(compiledDocumentText);
  /** The keys of the tags that it reads: every account's rules ask that of the documents of all accounts. */
  readonly tagKeys = new Answers<CompiledDocument, readonly string[]>((document) =>
    tagKeysIn(this.texts.of(document)),
  );
  /** The statements of its callers in normal form, which every rule about callers reads. */
  readonly callers = new Answers<DesiredBinding, readonly Member[]>(({ callers, partition, accountId }) =>
    callers.map(({ statement }) => readStatement(statement, { dialect: "resource", partition, accountId })),
  );
  readonly dead = new CheckAnswers();
  readonly doubtful = new CheckAnswers();
}

function isSameInputs(a: CheckInputs, b: CheckInputs): boolean {
  return a.data === b.data && sameTexts(a.attached, b.attached) && sameTexts(a.boundaries, b.boundaries);
}

function sameTexts(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((text, at) => text === b[at]);
}
