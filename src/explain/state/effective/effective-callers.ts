import { documentContext } from "../../../diff/documents/document-context.ts";
import { readStatements, satisfying } from "../../../diff/callers/statements.ts";
import { memberDanger } from "../../../iam/risk/access.ts";
import type { Member } from "../../../iam/document.ts";
import { type DesiredBinding, type DesiredCaller, isBinding } from "../../../model/desired.ts";
import type { LiveFunction } from "../../../model/live.ts";
import type { LinePlace, TypedLine } from "../../../model/answers/permission-line.ts";
import type { LineMarks } from "../../../model/answers/permission-state.ts";
import { callerTextLines } from "../declared.ts";
import type { EffectiveFacts } from "./effective-facts.ts";

export interface CallerLines {
  readonly lines: readonly (TypedLine & LineMarks)[];
  readonly unknown: readonly string[];
}

/** The callers that the function's resource policies allow, as far as the policies were read. */
export function effectiveCallers(facts: EffectiveFacts): CallerLines {
  const { reference, readings } = facts;
  const { function: found } = readings;
  if (found.kind !== "present") return { lines: [], unknown: [] };
  const parts = qualifiersOf(reference, found.value).map((name) => qualifierLines(name, found.value, facts));
  return {
    lines: parts.flatMap(({ lines }) => lines),
    unknown: parts.flatMap(({ unknown }) => unknown),
  };
}

function qualifiersOf({ callers }: DesiredBinding, { policies }: LiveFunction): readonly string[] {
  return [...new Set(["", ...callers.map(({ qualifier }) => qualifier ?? ""), ...policies.keys()])].sort();
}

function qualifierLines(
  name: string,
  { policies }: LiveFunction,
  { reference, states, isInGit }: EffectiveFacts,
): CallerLines {
  const policy = policies.get(name);
  const dialect = documentContext(reference, "resource");
  const reading = readStatements(policy, dialect);
  const where = name === "" ? "callers" : `callers of ${name}`;
  if (reading.kind === "unread") return { lines: [], unknown: [`${where}: ${reading.reason}`] };
  if (policy?.kind !== "present") return { lines: [], unknown: [] };
  const sidsOf = (callers: readonly DesiredCaller[]): ReadonlySet<string> => {
    const own = callers.filter(({ qualifier }) => (qualifier ?? "") === name);
    const declared = own.flatMap((caller) => satisfying(caller, reading.members, dialect) ?? []);
    return declaredSids(new Set(declared), reading.members);
  };
  const sids = sidsOf(isInGit ? reference.callers : []);
  const former = states.flatMap(({ state, isFormer }) => (isFormer && isBinding(state) ? [state] : []));
  const formerSids = sidsOf(former.flatMap(({ callers }) => callers));
  const placeOf = (sid: string | null): LinePlace =>
    sids.has(sid ?? "") ? { kind: "declared-statement", sid } : { kind: "statement", sid };
  const lines = callerTextLines(
    reference,
    { qualifier: name === "" ? null : name, text: policy.value.text },
    (row) => placeOf(row.sid),
  );
  const dangerous = new Set(
    reading.members.filter((member) => memberDanger(member, dialect) !== "none").map(({ sid }) => sid),
  );
  return {
    lines: lines.map((line) => ({
      ...line,
      ...riskOf(line, dangerous),
      isDeclared: line.place.kind === "declared-statement",
      wasDeclared: line.place.kind === "statement" && formerSids.has(line.place.sid ?? ""),
    })),
    unknown: [],
  };
}

/** As of the drift of an undeclared statement. */
function riskOf({ place }: TypedLine, dangerous: ReadonlySet<string | null>): Pick<TypedLine, "risk"> {
  return place.kind === "statement" && dangerous.has(place.sid) ? { risk: "exposure" } : {};
}

/** If an undeclared statement has the same Sid (or none), the Sid does not identify the declared statement. */
function declaredSids(declared: ReadonlySet<Member>, members: readonly Member[]): ReadonlySet<string> {
  const others = new Set(members.filter((member) => !declared.has(member)).map(({ sid }) => sid ?? ""));
  return new Set([...declared].map(({ sid }) => sid ?? "").filter((sid) => !others.has(sid)));
}
