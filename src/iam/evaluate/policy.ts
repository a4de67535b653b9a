import type { DocumentContext, Member, NormalDocument, NormalStatement } from "../document.ts";
import { compileGlob, globMatches, type Glob } from "../match/glob.ts";
import { readDocument } from "../read/parse.ts";
import type { AttachedDocument, StatementOrigin } from "../attached-document.ts";
import { compileTest, type CompiledTest } from "./condition.ts";
import { compileResources, type CompiledResources } from "./resource.ts";

/** One statement, ready to be tried. */
export interface StatementMatcher {
  readonly statement: NormalStatement;
  readonly actions: CompiledActions;
  /** null in trust policies, which speak of their own role. */
  readonly resources: CompiledResources | null;
  readonly tests: readonly CompiledTest[];
}

interface CompiledActions {
  readonly isNegated: boolean;
  readonly exact: ReadonlySet<string>;
  readonly globs: readonly Glob[];
}

/** Statements whose action is the request's, by effect. */
interface Candidates {
  readonly allows: readonly StatementMatcher[];
  readonly denies: readonly StatementMatcher[];
}

export interface CompiledPolicy {
  readonly context: DocumentContext;
  /** `action` is lower-case. */
  readonly candidates: (action: string) => Candidates;
  /** Allows that name an action of the service, by its lower-case prefix with the colon. */
  readonly allowsOfService: ReadonlyMap<string, readonly StatementMatcher[]>;
  /** Why something that is not understood may allow or deny more; null when nothing may. */
  readonly mayAllow: string | null;
  readonly mayDeny: string | null;
}

export interface AttachedPolicy {
  readonly from: string;
  readonly policy: CompiledPolicy;
  readonly origin: StatementOrigin | null;
}

/** Never throws: what can't be read allows and denies nothing for certain. */
function compilePolicy(text: string, context: DocumentContext): CompiledPolicy {
  const parsed = readDocument(text, context);
  if (parsed.kind === "unreadable") {
    const reason = `the document can't be read: ${parsed.reason}`;
    return { ...NOTHING, context, mayAllow: reason, mayDeny: reason };
  }
  return compileDocument(parsed.document, context);
}

export function attachedPolicy(document: AttachedDocument<string>, context: DocumentContext): AttachedPolicy {
  return {
    from: document.from,
    policy: compilePolicy(document.text, context),
    origin: document.origin ?? null,
  };
}

const NOTHING = {
  candidates: (): Candidates => ({ allows: [], denies: [] }),
  allowsOfService: new Map<string, readonly StatementMatcher[]>(),
};

function compileDocument({ version, members }: NormalDocument, context: DocumentContext): CompiledPolicy {
  const hasVariables = version === "2012-10-17";
  const statements = members.flatMap((member) =>
    member.kind === "statement" ? [compileStatement(member, hasVariables)] : [],
  );
  return {
    context,
    candidates: candidateFinder(statements),
    allowsOfService: byService(statements),
    mayAllow: unclear(members, "Allow"),
    mayDeny: unclear(members, "Deny"),
  };
}

/** Why an opaque statement may have this effect: it does not state the other one. */
function unclear(members: readonly Member[], effect: "Allow" | "Deny"): string | null {
  const other = effect === "Allow" ? "Deny" : "Allow";
  const opaqueMember = members.find((member) => member.kind === "opaque" && member.effect !== other);
  if (opaqueMember?.kind !== "opaque") return null;
  const name = opaqueMember.sid === null ? "a statement" : `statement ${opaqueMember.sid}`;
  return `${name} is not understood: ${opaqueMember.reason}`;
}

function compileStatement(statement: NormalStatement, hasVariables: boolean): StatementMatcher {
  const globs = statement.actions.values.map(compileGlob);
  return {
    statement,
    actions: {
      isNegated: statement.actions.negated,
      exact: new Set(globs.filter((glob) => glob.isExact).map((glob) => glob.pattern)),
      globs: globs.filter((glob) => !glob.isExact),
    },
    resources: statement.resources && compileResources(statement.resources, hasVariables),
    tests: statement.conditions.map((test) => compileTest(test, hasVariables)),
  };
}

function actionMatches({ exact, globs, isNegated }: CompiledActions, action: string): boolean {
  return (exact.has(action) || globs.some((glob) => globMatches(glob, action))) !== isNegated;
}

function byService(
  statements: readonly StatementMatcher[],
): ReadonlyMap<string, readonly StatementMatcher[]> {
  const found = new Map<string, StatementMatcher[]>();
  for (const one of statements.filter(({ statement }) => statement.effect === "Allow")) {
    const actions = one.statement.actions.values;
    for (const service of new Set(actions.map((action) => action.slice(0, action.indexOf(":") + 1)))) {
      const ofService = found.get(service);
      if (ofService === undefined) found.set(service, [one]);
      else ofService.push(one);
    }
  }
  return found;
}

/** Requests name few actions: the statements that speak of one are found once, for as many as this. */
const MAX_ACTIONS = 256;

function candidateFinder(statements: readonly StatementMatcher[]): (action: string) => Candidates {
  const byAction = new Map<string, Candidates>();
  return (action) => {
    const cached = byAction.get(action);
    if (cached !== undefined) return cached;
    if (byAction.size >= MAX_ACTIONS) byAction.clear();
    const matching = statements.filter((one) => actionMatches(one.actions, action));
    const ofEffect = (effect: "Allow" | "Deny"): readonly StatementMatcher[] =>
      matching.filter((one) => one.statement.effect === effect);
    const candidates = { allows: ofEffect("Allow"), denies: ofEffect("Deny") };
    byAction.set(action, candidates);
    return candidates;
  };
}
