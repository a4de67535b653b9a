import { documentContext } from "../../diff/drift/context.ts";
import { readStatements, satisfying } from "../../diff/callers/statements.ts";
import type { Member } from "../../iam/document.ts";
import type { DesiredBinding } from "../../model/desired.ts";
import type { LiveFunction } from "../../model/live.ts";
import type { LinePlace } from "../../model/permission-line.ts";
import type { EffectiveLine } from "../../model/permission-state.ts";
import { callerTextLines } from "./declared.ts";
import type { EffectiveFacts } from "./effective-facts.ts";

export interface CallerLines {
  readonly lines: readonly EffectiveLine[];
  readonly unknown: readonly string[];
}

/** Who may call the function, by every policy of it that was read. */
export function effectiveCallers({ reference, isInGit, readings }: EffectiveFacts): CallerLines {
  const { function: found } = readings;
  if (found.kind !== "present") return { lines: [], unknown: [] };
  const parts = qualifiersOf(reference, found.value).map((name) =>
    qualifierLines(reference, found.value, { name, isInGit }),
  );
  return {
    lines: parts.flatMap(({ lines }) => lines),
    unknown: parts.flatMap(({ unknown }) => unknown),
  };
}

function qualifiersOf({ callers }: DesiredBinding, { policies }: LiveFunction): readonly string[] {
  return [...new Set(["", ...callers.map(({ qualifier }) => qualifier ?? ""), ...policies.keys()])].sort();
}

function qualifierLines(
  reference: DesiredBinding,
  { policies }: LiveFunction,
  { name, isInGit }: { readonly name: string; readonly isInGit: boolean },
): CallerLines {
  const policy = policies.get(name);
  const dialect = documentContext(reference, "resource");
  const reading = readStatements(policy, dialect);
  const where = name === "" ? "callers" : `callers of ${name}`;
  if (reading.kind === "unread") return { lines: [], unknown: [`${where}: ${reading.reason}`] };
  if (policy?.kind !== "present") return { lines: [], unknown: [] };
  const callers = isInGit ? reference.callers.filter(({ qualifier }) => (qualifier ?? "") === name) : [];
  const declared = new Set(callers.flatMap((caller) => satisfying(caller, reading.members, dialect) ?? []));
  const sids = declaredSids(declared, reading.members);
  const placeOf = (sid: string | null): LinePlace =>
    sids.has(sid ?? "") ? { kind: "declared-statement", sid } : { kind: "statement", sid };
  const lines = callerTextLines(
    reference,
    { qualifier: name === "" ? null : name, text: policy.value.text },
    (row) => placeOf(row.sid),
  );
  return {
    lines: lines.map((line) => ({ ...line, isDeclared: line.place.kind === "declared-statement" })),
    unknown: [],
  };
}

/** A Sid that an undeclared statement has too, as those without one may, names no declared statement. */
function declaredSids(declared: ReadonlySet<Member>, members: readonly Member[]): ReadonlySet<string> {
  const others = new Set(members.filter((member) => !declared.has(member)).map(({ sid }) => sid ?? ""));
  return new Set([...declared].map(({ sid }) => sid ?? "").filter((sid) => !others.has(sid)));
}
