import { getOrAdd } from "../../model/values/lists.ts";
import type { StatementScope } from "../../iam/check/statement-scope.ts";
import { UntouchedActions } from "../../iam/match/untouched-actions.ts";
import { StatementRisks } from "../../iam/risk/statement-risks.ts";
import type { Statement } from "../../model/aws/policy-document.ts";
import type { CompiledDocument, CompiledStatement, DesiredBinding } from "../../model/desired.ts";
import { typePattern, type TypePattern } from "./type-pattern.ts";

/** What an attached document means for every role that attaches it. */
interface AttachedFacts {
  /** The actions that it does not deny. */
  readonly untouched: UntouchedActions;
  /** False only if no row of it has a risk or is part of an escalation path. */
  readonly mayBeRisk: boolean;
}

/** Answers that follow from a document's text or an action's name alone. Lifetime: one revision, since `RoleChecks` keeps it. */
export class RevisionAnswers {
  readonly risks = new StatementRisks();
  readonly #boundaries = new Map<string, UntouchedActions>();

  /** @param scopesOf null if the boundary is not understood: then it is not known to leave anything out */
  boundary(text: string, scopesOf: () => readonly StatementScope[] | null): UntouchedActions {
    return getOrAdd(this.#boundaries, text, () => {
      const scopes = scopesOf();
      return scopes === null ? new UntouchedActions([], "policy") : new UntouchedActions(scopes, "boundary");
    });
  }
}

/**
 * Answers about boundaries and attached policies, which thousands of roles share: each is computed once. Lifetime: one
 * `GuardIndex`, since the documents are those of its revision and its reading of the account.
 */
export class SharedDocuments {
  readonly revision: RevisionAnswers;
  readonly #attached = new Map<CompiledDocument | string, AttachedFacts>();
  readonly #resourceTypes = new Map<string, readonly TypePattern[]>();
  readonly #statements = new Map<string, readonly Statement[]>();
  #liveArns: readonly string[] | null = null;
  #touched: { readonly by: DesiredBinding; readonly statements: readonly CompiledStatement[] } | null = null;

  constructor(revision: RevisionAnswers = new RevisionAnswers()) {
    this.revision = revision;
  }

  /** @param document as declared, or the text of a policy that is not declared */
  factsOf(document: CompiledDocument | string, compute: () => AttachedFacts): AttachedFacts {
    return getOrAdd(this.#attached, document, compute);
  }

  /** The resource types of the statement's actions: most statements are one of the catalogue's few. A seventh of judging. */
  resourceTypes(
    { statement: { Action = [] } }: CompiledStatement,
    compute: () => readonly string[],
  ): readonly TypePattern[] {
    return getOrAdd(this.#resourceTypes, JSON.stringify(Action), () =>
      [...new Set(compute())].map(typePattern),
    );
  }

  /** The statements of a policy in AWS that no manifest declares: reading 4 KB again for each of 1,000 roles takes 25 ms. */
  statementsOf(text: string, compute: () => readonly Statement[]): readonly Statement[] {
    return getOrAdd(this.#statements, text, compute);
  }

  /** Of one binding at a time: two rules ask for them, one after the other. */
  touchedStatements(
    binding: DesiredBinding,
    compute: () => readonly CompiledStatement[],
  ): readonly CompiledStatement[] {
    if (this.#touched?.by !== binding) this.#touched = { by: binding, statements: compute() };
    return this.#touched.statements;
  }

  /** The functions and roles of the account that were read. */
  liveArns(compute: () => readonly string[]): readonly string[] {
    this.#liveArns ??= compute();
    return this.#liveArns;
  }
}
