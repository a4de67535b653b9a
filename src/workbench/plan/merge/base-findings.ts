import { isRefusedIn, withPending } from "../../../judge/approvals/applied-verdict.ts";
import { isSameDeclaration } from "../../../judge/states/same-declaration.ts";
import { isBlocking, type Finding } from "../../../model/finding.ts";
import type { Key } from "../../../model/keys/key.ts";
import { findingsOffline, type OfflineFacts } from "../../project/findings.ts";
import type { Project } from "../../project/project.ts";
import type { PlatformChange } from "./platform-changes.ts";
import { profileEffects } from "./profile-effects.ts";

type Findings = ReadonlyMap<Key, readonly Finding[]>;

/** Two revisions, and what of the platform differs between them. */
export interface Revisions {
  readonly from: Project;
  readonly to: Project;
  readonly changed: readonly PlatformChange[];
}

interface Compared extends Pick<Revisions, "from" | "to"> {
  /** Of the head, by the profiles of the base. */
  readonly before: Findings;
  /** Of the base. */
  readonly earlier: Findings;
  readonly nowMs: number;
}

interface NewFindings {
  readonly findings: Findings;
  /** Keys that are declared as before, and that the same rule refuses in the base. */
  readonly refusedBefore: readonly Key[];
}

interface AllFindings extends NewFindings {
  /** What the rules find in the head. */
  readonly all: Findings;
  readonly ruleEffects: readonly string[];
}

/** Profiles decide about each function; a Team names the profiles of its namespace. */
const DECIDING: ReadonlySet<PlatformChange["kind"]> = new Set(["GuardrailProfile", "Team"]);

/** What the rules find in the head and not in the base, and what changed profiles alone cause. */
export function findingsSinceBase({ from, to, changed }: Revisions, facts: OfflineFacts): AllFindings {
  const found = findingsOffline(to.compilation, facts);
  const { profiles } = from.compilation.desired;
  const asBefore = { ...to.compilation, desired: { ...to.compilation.desired, profiles } };
  const before = changed.some(({ kind }) => DECIDING.has(kind)) ? findingsOffline(asBefore, facts) : found;
  const earlier = changed.length === 0 ? found : findingsOffline(from.compilation, facts);
  const compared = { from, to, before, earlier, nowMs: facts.nowMs };
  const kept = keptFindings(found, compared);
  return { all: kept, ...newFindings(kept, compared), ruleEffects: profileEffects(before, kept) };
}

/** What is declared as before keeps its verdict until an operator approves what only the new profiles refuse. */
function keptFindings(found: Findings, compared: Compared): Findings {
  const kept = [...found].map(
    ([key, findings]) =>
      [
        key,
        isKept(key, compared) ? withPending(findings, compared.before.get(key) ?? []) : findings,
      ] as const,
  );
  return new Map(kept);
}

/** Without what refuses the same declaration in the base too: that is no change. */
function newFindings(kept: Findings, compared: Compared): NewFindings {
  const refusedBefore: Key[] = [];
  const added = [...kept].map(([key, findings]) => {
    if (!isKept(key, compared)) return [key, findings] as const;
    const earlier = compared.earlier.get(key) ?? [];
    const others = findings.filter((finding) => !isBlocking(finding) || !isRefusedIn(earlier, finding));
    if (others.length < findings.length) refusedBefore.push(key);
    return [key, others] as const;
  });
  return { findings: new Map(added), refusedBefore };
}

function isKept(key: Key, { from, to, nowMs }: Compared): boolean {
  const [a, b] = [from, to].map(
    ({ compilation: { desired } }) => desired.bindings.get(key) ?? desired.policies.get(key),
  );
  return a !== undefined && b !== undefined && isSameDeclaration(a, b, nowMs);
}
