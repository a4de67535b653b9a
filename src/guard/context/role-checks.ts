import { getOrAdd } from "../../model/values/lists.ts";
import { sameMembers } from "../../iam/match/implication.ts";
import type { ActionData } from "../../iam/action-data.ts";
import type { Flaw } from "../../iam/check/flaw.ts";
import type { NormalStatement } from "../../iam/document.ts";
import { compiledDocumentText } from "../../iam/read/print.ts";
import { readStatement } from "../../iam/read/statement.ts";
import { memberDanger, type Danger } from "../../iam/risk/access.ts";
import type {
  CompiledDocument,
  CompiledStatement,
  Desired,
  DesiredBinding,
  DesiredCaller,
} from "../../model/desired.ts";
import type { Key } from "../../model/keys/key.ts";
import { DeclaredByAccount } from "./declared-by-account.ts";
import { RevisionAnswers } from "./shared-documents.ts";
import { usersByPolicy } from "./declared.ts";
import { declaredArns, knownArns } from "./known-resources.ts";

/** The result of a check for a statement of a compiled document. */
export interface CheckedPart extends Pick<Flaw, "rule" | "severity" | "reason" | "fix"> {
  readonly compiled: CompiledStatement;
  /** The part of the statement, as in a finding. */
  readonly part: string;
  /** Its place in the statement's Resource; null: the part is no resource. */
  readonly resourceAt: number | null;
  /** The finding is about the complete statement. */
  readonly isOfEntireStatement: boolean;
}

/** A statement of a function's resource policy as the rules about callers read it. */
export interface ReadCaller {
  readonly caller: DesiredCaller;
  readonly binding: DesiredBinding;
  /** null: it cannot be parsed completely; then only the text is judged. */
  readonly normal: NormalStatement | null;
  readonly danger: Danger;
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

/**
 * The last answer of one check for each document. An answer is used again only for equal inputs. If a third of the
 * functions have statements of an author, a first pass is judged in half the time and a later one in a quarter.
 */
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
class AnswersByObject<Subject extends object, Answer extends object | string> {
  readonly #known = new WeakMap<Subject, Answer>();
  readonly #answerFor: (subject: Subject) => Answer;

  constructor(answerFor: (subject: Subject) => Answer) {
    this.#answerFor = answerFor;
  }

  of(subject: Subject): Answer {
    return this.#known.get(subject) ?? getOrAdd(this.#known, subject, () => this.#answerFor(subject));
  }
}

/**
 * Caches checks that every pass makes for each role, several times and nearly always with the same inputs.
 * Lifetime: the controller's or a command's; an answer is dropped with its document, which a new revision replaces.
 */
export class RoleChecks {
  /** The text of a compiled document, which several rules read. */
  readonly texts: TextsOf;
  /** A quarter of judging (npm run bench). */
  readonly callers = new AnswersByObject<DesiredBinding, readonly ReadCaller[]>(readCallers);
  /** What each account's rules look up in the same revision: with all of its bindings, also if a pass is over one key. */
  readonly users = new AnswersByObject<Desired["bindings"], ReadonlyMap<Key, readonly DesiredBinding[]>>(
    usersByPolicy,
  );
  /** Without it, the passes over all accounts together take time by the square of their number. */
  readonly declared = new AnswersByObject<Desired, DeclaredByAccount>(
    (desired) => new DeclaredByAccount(desired),
  );
  readonly revisions = new AnswersByObject<Desired["bindings"], RevisionAnswers>(() => new RevisionAnswers());
  readonly declaredTagKeys = new WeakMap<Desired["bindings"], DeclaredTagKeys>();
  /** Of the manifests of a revision, for the few statements whose resources are compared with them. */
  readonly declaredArns = new AnswersByObject<Desired, ReadonlySet<string>>(declaredArns);
  readonly knownArns = new AnswersByObject<Desired, readonly string[]>(knownArns);
  readonly dead = new CheckAnswers();
  readonly doubtful = new CheckAnswers();

  /** @param made the texts that the comparison of the same documents made, so that each is made and kept once */
  constructor(made?: DocumentTexts) {
    this.texts =
      made === undefined
        ? new AnswersByObject<CompiledDocument, string>(compiledDocumentText)
        : { of: (document) => made.textOf(document) ?? compiledDocumentText(document) };
  }
}

/** The keys of the tags that the documents of a revision read. */
interface DeclaredTagKeys {
  readonly policies: Desired["policies"];
  readonly keys: ReadonlySet<string>;
}

interface TextsOf {
  of(document: CompiledDocument): string;
}

/** The texts of documents as they are written to AWS; null for an empty one. */
interface DocumentTexts {
  textOf(document: CompiledDocument): string | null;
}

function readCallers(binding: DesiredBinding): readonly ReadCaller[] {
  const { callers, partition, accountId } = binding;
  const context = { dialect: "resource", partition, accountId } as const;
  return callers.map((caller) => {
    const member = readStatement(caller.statement, context);
    return {
      caller,
      binding,
      normal: member.kind === "statement" ? member : null,
      danger: memberDanger(member, context),
    };
  });
}

function isSameInputs(a: CheckInputs, b: CheckInputs): boolean {
  return a.data === b.data && sameMembers(a.attached, b.attached) && sameMembers(a.boundaries, b.boundaries);
}
