import { byTextOf } from "../../text/order.ts";
import { timeText } from "../../text/phrases.ts";
import type { UsedRole } from "../../model/keys/used-role.ts";
import {
  isInProof,
  type AdoptionNeed,
  type AdoptionRecord,
  type AliasReading,
  type ProofRole,
  type NeedReading,
} from "../../model/keys/adoption.ts";
import { nameInArn } from "../../model/aws/arn.ts";

/** The least time between the two complete sweeps of a proof: a day has every periodic deployment and job in it. */
export const PROOF_MS = 86_400_000;

type AdoptionProof = AdoptionRecord["proof"];

interface ProofFacts {
  readonly used: readonly UsedRole[];
  readonly needs: NeedReading;
  readonly aliases: AliasReading;
  /** A complete sweep that asked for its aliases and triggers. */
  readonly isFullRead: boolean;
  readonly seenMs: number;
}

/**
 * The series of reads without a difference, after one more read. Any difference and anything that was not read end it.
 * So does a time after that of the read: the clock went back, and the time between two sweeps is not known.
 */
export function proofAfter(
  before: AdoptionProof,
  { used, needs, aliases, isFullRead, seenMs }: ProofFacts,
): AdoptionProof {
  const equal = used.filter((one) => one.kind === "equal");
  if (equal.length < used.length || needs.kind === "failed" || aliases.kind === "failed") return null;
  if (needs.unmet.length > 0) return null;
  const roles = equal
    .map(({ arn, roleId }) => ({ arn, roleId }))
    .toSorted(byTextOf(({ arn, roleId }) => `${arn} ${roleId}`));
  const series = before !== null && continues(before, roles, seenMs) ? before : null;
  if (!isFullRead) return series;
  if (series === null) return { roles, sinceMs: seenMs, provenMs: null };
  if (series.provenMs !== null || seenMs - series.sinceMs < PROOF_MS) return series;
  return { ...series, provenMs: seenMs };
}

/** Fewer roles are proven too. */
function continues(before: NonNullable<AdoptionProof>, roles: readonly ProofRole[], seenMs: number): boolean {
  const isKnown = roles.every((role) => isInProof(before.roles, role));
  return isKnown && before.sinceMs <= seenMs && (before.provenMs ?? 0) <= seenMs;
}

/** Another role under the same ARN is not the one that was compared before: people see why its proof begins again. */
export function recreatedRoles(
  { proof, recreated = [] }: Pick<AdoptionRecord, "proof" | "recreated">,
  used: readonly UsedRole[],
): readonly string[] {
  const isReplaced = ({ arn, roleId }: ProofRole): boolean =>
    recreated.includes(arn) ||
    (proof?.roles.some((role) => role.arn === arn && role.roleId !== roleId) ?? false);
  const compared = used.flatMap((one) => (one.kind === "equal" ? [one] : []));
  const unknown = used.flatMap((one) =>
    one.kind !== "equal" && recreated.includes(one.arn) ? [one.arn] : [],
  );
  return [...compared.filter(isReplaced).map(({ arn }) => arn), ...unknown].sort();
}

type NeedFacts = Pick<ProofFacts, "used" | "needs" | "aliases"> & Pick<AdoptionRecord, "recreated">;

/** What is missing for a proof. Empty if there is one. */
export function proofNeeds(proof: AdoptionProof, facts: NeedFacts): readonly AdoptionNeed[] {
  if (proof !== null && proof.provenMs !== null) return [];
  const { used, needs, aliases, recreated = [] } = facts;
  const found = [...used.flatMap(differenceNeed), ...aliasNeeds(aliases), ...functionNeeds(needs)];
  return found.length > 0 ? found : [waitNeed(proof, recreated)];
}

function differenceNeed(used: UsedRole): readonly AdoptionNeed[] {
  if (used.kind === "equal") return [];
  const role = `role ${nameInArn(used.arn)}`;
  if (used.kind === "unknown") {
    const uncompared = `${role} was not compared: ${used.reason}`;
    if (used.fix === undefined) return [unreadNeed(uncompared)];
    return [{ kind: "role-incomplete", message: uncompared, fix: used.fix }];
  }
  const message = `the declared role does not grant the same as ${role}`;
  return [
    {
      kind: "difference",
      message,
      fix: "change the manifest: grantkeeper describe lists the differences under COMPARED",
    },
  ];
}

function functionNeeds(needs: NeedReading): readonly AdoptionNeed[] {
  if (needs.kind === "failed")
    return [unreadNeed(`its event source mappings and destinations were not read: ${needs.reason}`)];
  return needs.unmet.map(({ what, hint }) => ({
    kind: "function-need",
    message: `the declared role does not allow ${what}`,
    fix: `add ${hint}`,
  }));
}

function waitNeed(proof: AdoptionProof, recreated: readonly string[]): AdoptionNeed {
  const sweep =
    proof === null
      ? "a complete sweep that reads its aliases, event source mappings and destinations"
      : `a complete sweep without a difference after ${timeText(new Date(proof.sinceMs + PROOF_MS).toISOString())}`;
  if (recreated.length === 0) return { kind: "second-sweep", message: sweep, fix: null };
  const roles = recreated.map(nameInArn).join(", ");
  const message = `${sweep}: role ${roles} was deleted and created again, so the proof began again`;
  const fix = "find out who created the role again; if that was intended, wait";
  return { kind: "second-sweep", message, fix };
}

export function aliasNeeds(aliases: AliasReading): readonly AdoptionNeed[] {
  return aliases.kind === "failed" ? [unreadNeed(`its aliases were not read: ${aliases.reason}`)] : [];
}

export function unreadNeed(message: string): AdoptionNeed {
  return { kind: "not-read", message, fix: "grantkeeper doctor shows whether a permission is missing" };
}
