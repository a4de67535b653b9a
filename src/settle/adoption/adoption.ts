import { nameInArn } from "../../model/aws/arn.ts";
import type { MissingNeed, UsedRole } from "../../model/keys/used-role.ts";
import {
  isAdoptionStage,
  type AdoptionNeed,
  type AdoptionRecord,
  type AdoptionStage,
  type AdoptionState,
  type AdoptionStatus,
  type AliasReading,
  type NeedReading,
  type VersionElsewhere,
} from "../../model/keys/adoption.ts";
import type { AdoptionFacts, SeenFunction } from "./adoption-facts.ts";
import { latestNeeds, modeNeeds, replacementNeeds, stepNeed } from "./step-needs.ts";
import { aliasNeeds, PROOF_MS, proofAfter, proofNeeds, recreatedRoles, unreadNeed } from "./proof.ts";

export interface Adoption {
  readonly record: AdoptionRecord;
  readonly status: AdoptionStatus;
  /** The other roles that the function runs on, compared. */
  readonly used: readonly UsedRole[];
}

/** A stage, with what the next one needs; or why there is none. */
type FoundStage =
  | {
      readonly state: AdoptionStage;
      readonly next: AdoptionStage | null;
      readonly needs: readonly AdoptionNeed[];
    }
  | { readonly state: "not-needed" | "undoing"; readonly reason: string }
  /** With what it needs to be known. */
  | { readonly state: "unknown"; readonly reason: string; readonly needs: readonly AdoptionNeed[] };

type Memory = Omit<AdoptionRecord, "state" | "sinceMs" | "recorded">;

const NOTHING: AdoptionRecord = {
  state: "unknown",
  sinceMs: 0,
  recorded: null,
  declaredArn: null,
  latestArn: null,
  from: null,
  proof: null,
  aliases: { kind: "not-asked", elsewhere: [] },
  needs: { kind: "not-asked", unmet: [] },
  askedMs: null,
};

/** The stage after one more read, from what it saw and from what earlier reads saw. Nothing is concluded from a part that was not read. */
export function adoptionAfter(
  before: AdoptionRecord | undefined,
  facts: AdoptionFacts,
  seenMs: number,
): Adoption {
  if (facts.kind === "unread") return adoptionUnread(before, facts.reason, seenMs);
  const previous = before ?? NOTHING;
  if (facts.kind === "undoing") {
    const found = { state: "undoing", reason: facts.reason } as const;
    return adoption(previous, { ...previous, proof: null }, { found, seenMs });
  }
  if (facts.kind === "no-function") {
    const reason = "the function does not exist yet: it is to be deployed with the declared role";
    return adoption(previous, NOTHING, { found: { state: "not-needed", reason }, seenMs });
  }
  return ofSeen(aboutRole(previous, facts.declaredArn), facts, seenMs);
}

/** Nothing is known of it now: no stage is claimed, and a proof begins again. */
export function adoptionUnread(before: AdoptionRecord | undefined, reason: string, seenMs: number): Adoption {
  const previous = before ?? NOTHING;
  const found = { state: "unknown", reason, needs: [unreadNeed(reason)] } as const;
  return adoption(previous, { ...previous, proof: null }, { found, seenMs });
}

/** If Git declares another role, nothing that was seen is about it. */
function aboutRole(known: AdoptionRecord, declaredArn: string): AdoptionRecord {
  const isOther = known.declaredArn !== null && known.declaredArn !== declaredArn;
  return isOther ? { ...NOTHING, recorded: known.recorded } : known;
}

function ofSeen(known: AdoptionRecord, facts: SeenFunction, seenMs: number): Adoption {
  const earlier = earlierReadings(known, facts, seenMs);
  const aliases = aliasesAfter(earlier.aliases, known.aliases, facts.aliases);
  const used = otherRoles(facts, aliases.elsewhere).map(facts.compare);
  const { needs, proof, recreated } =
    used.length === 0
      ? NOTHING_COMPARED
      : comparison(known, facts, { used, aliases, earlier: earlier.needs, seenMs });
  const memory: Memory = {
    declaredArn: facts.declaredArn,
    latestArn: facts.roleArn,
    from:
      used.find(({ arn }) => arn !== facts.declaredArn)?.arn ??
      (facts.isTakingOver ? facts.declaredArn : known.from),
    proof,
    ...(recreated.length > 0 && { recreated }),
    aliases,
    needs,
    askedMs: facts.aliases.kind === "not-asked" ? known.askedMs : seenMs,
  };
  const found = used.length === 0 ? ofSwitched(known, memory, facts) : ofOtherRole(memory, facts, used);
  return { ...adoption(known, memory, { found, seenMs }), used };
}

/** It runs on the declared role alone: after a way back to another one a proof begins again. */
const NOTHING_COMPARED: Comparison = { needs: NOTHING.needs, proof: null, recreated: [] };

type Comparison = Pick<Memory, "needs" | "proof"> & { readonly recreated: readonly string[] };

interface AdoptionComparison {
  readonly used: readonly UsedRole[];
  readonly aliases: AliasReading;
  /** The needs that an earlier read found. */
  readonly earlier: NeedReading;
  readonly seenMs: number;
}

function comparison(
  known: AdoptionRecord,
  { needs: readNeeds, aliases: seenAliases, isSweep }: SeenFunction,
  { used, aliases, earlier, seenMs }: AdoptionComparison,
): Comparison {
  const now = readNeeds();
  const isAsked = seenAliases.kind !== "not-asked" && now.kind !== "not-asked";
  const needs = now.kind === "not-asked" ? withUnmet(earlier, now.unmet) : now;
  const isFullRead = isSweep && isAsked;
  const proof = proofAfter(known.proof, { used, aliases, needs, isFullRead, seenMs });
  const isProven = proof !== null && proof.provenMs !== null;
  return { needs, proof, recreated: isProven ? [] : recreatedRoles(known, used) };
}

/**
 * An earlier answer counts for a day where this read did not ask again, unless $LATEST has moved to another role
 * since. One from the future does not count: the clock went back. The listing always shows this read.
 */
function earlierReadings(
  { askedMs, aliases, needs, latestArn }: AdoptionRecord,
  { roleArn }: SeenFunction,
  seenMs: number,
): Pick<AdoptionRecord, "aliases" | "needs"> {
  const isRecent = askedMs !== null && askedMs <= seenMs && seenMs - askedMs < PROOF_MS;
  return isRecent && latestArn === roleArn ? { aliases, needs } : NOTHING;
}

/** Versions that an earlier read found elsewhere stay known until a complete read does not find them. */
function aliasesAfter(earlier: AliasReading, last: AliasReading, now: AliasReading): AliasReading {
  if (now.kind === "read") return now;
  const { elsewhere } = last;
  return { ...(now.kind === "failed" ? now : earlier), elsewhere };
}

function withUnmet(needs: NeedReading, now: readonly MissingNeed[]): NeedReading {
  if (needs.kind === "failed") return needs;
  const others = needs.unmet.filter(({ what }) => now.every((one) => one.what !== what));
  return { ...needs, unmet: [...now, ...others] };
}

/** Sorted, each once, that of $LATEST first. */
function otherRoles(
  { roleArn, declaredArn, ownRole, isTakingOver }: SeenFunction,
  elsewhere: readonly VersionElsewhere[],
): readonly string[] {
  const isOther = roleArn !== declaredArn || isTakingOver || !ownRole.isOurs;
  const ofVersions = elsewhere.map((version) => version.roleArn).sort();
  return [...new Set([...(isOther ? [roleArn] : []), ...ofVersions])];
}

function ofOtherRole(memory: Memory, facts: SeenFunction, used: readonly UsedRole[]): FoundStage {
  const { proof, aliases } = memory;
  const missing = proofNeeds(proof, { ...memory, used });
  if (missing.length > 0) return { state: "observed", next: "proven", needs: missing };
  const incomplete = roleNeeds(facts);
  if (incomplete.length > 0) return { state: "proven", next: "adopted", needs: incomplete };
  const unread = aliases.kind === "read" ? [] : [unreadAliases(aliases)];
  const needs = [
    ...latestNeeds(facts),
    ...aliases.elsewhere.map((one) => versionNeed(one, facts)),
    ...unread,
  ];
  if (facts.isTakingOver)
    return { state: "adopted", next: "enforced", needs: [...replacementNeeds(facts), ...needs] };
  return { state: "adopted", next: "switched", needs };
}

function roleNeeds(facts: SeenFunction): readonly AdoptionNeed[] {
  const { ownRole, mode, pending } = facts;
  if (ownRole.problem === null) return [];
  return [...modeNeeds(mode), stepNeed("role-incomplete", ownRole.problem, pending.role)];
}

function versionNeed(
  { version, aliases, roleArn }: VersionElsewhere,
  { functionName }: SeenFunction,
): AdoptionNeed {
  const name = aliases.join(", ");
  const message = `version ${version} (alias ${name}) runs on role ${nameInArn(roleArn)}`;
  const fix = `publish a version of ${functionName} after the switch, and move the alias ${name} to it`;
  return { kind: "alias-version", message, fix };
}

/** No earlier read is known either. */
const NOT_YET: AdoptionNeed = {
  kind: "not-read",
  message: "its aliases are read in one of the next sweeps",
  fix: null,
};

function unreadAliases(aliases: AliasReading): AdoptionNeed {
  return aliasNeeds(aliases)[0] ?? NOT_YET;
}

/** $LATEST, and as far as is known every alias, runs on the declared role, and that is Grantkeeper's. */
function ofSwitched(known: AdoptionRecord, { aliases, from }: Memory, facts: SeenFunction): FoundStage {
  if (aliases.kind !== "read") {
    const need = unreadAliases(aliases);
    return { state: "unknown", reason: need.message, needs: [need] };
  }
  if (from === null) {
    const reason = "no other role than the declared one was seen on the function";
    return { state: "not-needed", reason };
  }
  const needs = enforceNeeds(known, facts);
  return needs.length === 0
    ? { state: "enforced", next: null, needs }
    : { state: "switched", next: "enforced", needs };
}

/** A function that was enforced once stays so while a change in AWS is reverted: that is drift, and no step back. */
function enforceNeeds({ recorded }: AdoptionRecord, facts: SeenFunction): readonly AdoptionNeed[] {
  const isKept = recorded === "enforced" && facts.isApplied;
  const isSilentAfter = recorded === "switched" && facts.isApplied && facts.isSilent;
  const silent: AdoptionNeed = {
    kind: "silent-pass",
    message: "a pass after the switch that finds nothing to write",
    fix: null,
  };
  const mode = modeNeeds(facts.mode);
  return mode.length > 0 || isKept || isSilentAfter ? mode : [silent];
}

function adoption(
  known: AdoptionRecord,
  memory: Memory,
  { found, seenMs }: { readonly found: FoundStage; readonly seenMs: number },
): Adoption {
  const { from, proof } = memory;
  const { state } = found;
  const isSame = known.state === state && known.sinceMs > 0 && known.sinceMs <= seenMs;
  const sinceMs = isSame ? known.sinceMs : seenMs;
  const recorded = recordedAfter(known.recorded, state);
  const hasStage = "next" in found;
  return {
    used: [],
    record: { ...memory, state, sinceMs, recorded },
    status: {
      state,
      since: new Date(sinceMs).toISOString(),
      reason: hasStage ? null : found.reason,
      from,
      equalSince: proof === null ? null : new Date(proof.sinceMs).toISOString(),
      next: hasStage ? found.next : null,
      needs: "needs" in found ? found.needs : [],
    },
  };
}

function recordedAfter(recorded: AdoptionStage | null, state: AdoptionState): AdoptionStage | null {
  if (state === "unknown") return recorded;
  return isAdoptionStage(state) ? state : null;
}
