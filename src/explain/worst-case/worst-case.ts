import type {
  CapabilityVerdict,
  WorstCaseVerdict,
  VerdictStatement,
} from "../../model/answers/worst-case.ts";
import { capabilities, type Capability, type WorstCaseSubject } from "./capabilities.ts";
import { reachOf, type IdentityPolicies, type PlacedStatement, type Reach } from "./reach.ts";

/** What the holder of an identity could do with these policies, one verdict for each capability. */
export function worstCase(
  policies: IdentityPolicies,
  subject: WorstCaseSubject,
): readonly CapabilityVerdict[] {
  return capabilities(subject).map((capability) => verdictOf(capability, policies));
}

interface TriedAction {
  readonly action: string;
  readonly reach: Reach;
}

function verdictOf({ id, title, attacks }: Capability, policies: IdentityPolicies): CapabilityVerdict {
  const tried = attacks.flatMap((attack) =>
    [...new Set(attack.actions)].map((action): TriedAction => ({
      action,
      reach: reachOf(action, attack, policies),
    })),
  );
  const verdict = worst(tried);
  const unknown = tried.find(({ reach }) => reach.kind === "unknown")?.reach;
  return {
    capability: id,
    title,
    verdict,
    statements: statementsFor(verdict, tried),
    byResourcePolicy: sortedSet(
      tried.flatMap(({ action, reach }) => (reach.kind === "by-resource-policy" ? [action] : [])),
    ),
    reason: verdict === "unknown" && unknown?.kind === "unknown" ? unknown.reason : null,
  };
}

function worst(tried: readonly TriedAction[]): WorstCaseVerdict {
  if (tried.some(({ reach }) => reach.kind === "allowed" && reach.isFree)) return "can";
  if (tried.some(({ reach }) => reach.kind === "unknown")) return "unknown";
  const isLimited = tried.some(
    ({ reach }) => reach.kind === "allowed" || reach.kind === "by-resource-policy",
  );
  return isLimited ? "limited" : "cannot";
}

/** Those that allow it, or else those that prevent it; each once, with all its actions. */
function statementsFor(
  verdict: WorstCaseVerdict,
  tried: readonly TriedAction[],
): readonly VerdictStatement[] {
  const isPrevented = verdict === "cannot";
  const found = tried.flatMap(({ action, reach }) =>
    (isPrevented ? preventing(reach) : permitting(reach)).map((placed) => ({ action, placed })),
  );
  const groups = Map.groupBy(found, ({ placed: { from, statement } }) =>
    [from, statement.sid ?? "", statement.structure].join("\n"),
  );
  return [...groups.values()].flatMap((group) =>
    group.slice(0, 1).map(({ placed }) =>
      verdictStatement(
        placed,
        group.map(({ action }) => action),
      ),
    ),
  );
}

function permitting(reach: Reach): readonly PlacedStatement[] {
  return reach.kind === "allowed" ? [...reach.by, ...reach.excepted] : [];
}

function preventing(reach: Reach): readonly PlacedStatement[] {
  if (reach.kind === "denied") return [reach.by];
  return reach.kind === "not-allowed" ? reach.near : [];
}

function verdictStatement(
  { from, statement }: PlacedStatement,
  actions: readonly string[],
): VerdictStatement {
  const { effect, sid, resources, conditions } = statement;
  return { effect, sid, from, actions: sortedSet(actions), resources, conditions };
}

function sortedSet(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)].sort();
}
