import { isSwitch } from "../../model/plan.ts";
import type { KeyView } from "../../model/answers/key-view.ts";
import { nameInArn } from "../../model/aws/arn.ts";
import { isBinding, type DesiredBinding } from "../../model/desired.ts";
import { isAdoptionStage } from "../../model/keys/adoption.ts";
import type { Key } from "../../model/keys/key.ts";
import type { KeyRecord } from "../../model/keys/key-record.ts";
import type { Digest } from "../../model/values/digest.ts";

/** What a pass saw of one function, as far as its wave depends on it. */
export interface WaveFunctionFacts {
  readonly key: Key;
  /**
   * - `elsewhere`: $LATEST runs on another role
   * - `moved`: $LATEST runs on the declared role, and an alias does not, or its aliases were not read
   * - `left`: it does not exist, Git does not set its role, or its role was never another one
   * - `unread`: nothing is known of it now
   */
  readonly place: "elsewhere" | "moved" | "switched" | "left" | "unread";
  /** Its aliases, its role or itself were not read. */
  readonly isUnread: boolean;
  /** The other role; null: none was seen. */
  readonly otherRole: string | null;
  /** Of the switch, if it is proved that it changes no permission and an approval is all that is missing; else null. */
  readonly switch: Digest | null;
  /** Another comparison or another state of its roles has ended its proof. */
  readonly hasLostProof: boolean;
  /** What it needs before it can be switched, or to be switched completely; null: nothing is known. */
  readonly needs: string | null;
  /** If it runs elsewhere: the aliases with a version on another role than the declared one. Its switch does not move them. */
  readonly oldAliases: readonly string[];
}

interface FactsContext {
  /** Whether anything may be written for the key. */
  readonly isEnforced: (view: KeyView) => boolean;
  readonly recordOf: (key: Key) => KeyRecord | undefined;
}

/** null: it is no function whose role Grantkeeper sets, and never was in a wave. */
export function functionFacts(view: KeyView, context: FactsContext): WaveFunctionFacts | null {
  const { desired, key, adoption } = view;
  const nothing = {
    key,
    isUnread: false,
    otherRole: null,
    switch: null,
    hasLostProof: false,
    oldAliases: [],
  };
  // An error in its manifest takes no function out of its wave.
  if (view.isInvalid) return { ...nothing, place: "unread", isUnread: true, needs: null };
  if (desired === null || !isBinding(desired)) return null;
  const needs = context.recordOf(key)?.status?.adoption?.needs[0]?.message ?? null;
  const facts = { ...nothing, needs };
  if (adoption === null || adoption === "not-needed" || !isMoved(desired)) return { ...facts, place: "left" };
  if (adoption === "switched" || adoption === "enforced") return { ...facts, place: "switched" };
  const roleArn = view.liveFunction?.roleArn ?? null;
  const isUnread = !isAdoptionStage(adoption) || roleArn === null;
  if (roleArn === desired.role.arn) return { ...facts, place: "moved", isUnread };
  if (isUnread) return { ...facts, place: "unread", isUnread };
  const isWritten = context.isEnforced(view);
  const ready = isWritten ? provenSwitch(view) : null;
  return {
    ...facts,
    place: "elsewhere",
    otherRole: nameInArn(roleArn),
    switch: ready,
    hasLostProof: isWritten && adoption === "observed",
    needs: ready === null ? (obstacleOf(view) ?? needs) : null,
    oldAliases: oldAliases(view),
  };
}

function isMoved({ functionRole, released }: DesiredBinding): boolean {
  return functionRole === "manage" && released !== true;
}

/** Only a switch that is proved to change nothing is part of a wave: every other one is approved by itself. null: there is none. */
export function provenSwitch({ plan, adoption, usedRoles, verdict }: KeyView): Digest | null {
  if (plan === null || adoption !== "adopted" || verdict.kind === "refuse") return null;
  const isProved = usedRoles.length > 0 && usedRoles.every(({ kind }) => kind === "equal");
  const part = plan.approvable.find(({ actions }) => actions.length > 0 && actions.every(isSwitch));
  return isProved && part !== undefined ? part.digest : null;
}

/** The aliases of the function that run a version on another role than the declared one. */
export function oldAliases({ desired, liveFunction }: KeyView): readonly string[] {
  if (desired === null || !isBinding(desired) || liveFunction === null) return [];
  const { aliases, versions } = liveFunction;
  if (aliases.kind !== "present" || versions.kind !== "present") return [];
  const others = versions.value.filter(({ roleArn }) => roleArn !== desired.role.arn);
  const old = new Set(others.map(({ version }) => version).filter((version) => version !== "$LATEST"));
  return aliases.value
    .filter((alias) => alias.versions.some((version) => old.has(version)))
    .map(({ name }) => name);
}

/** Why the plan of a proven function has no switch. */
function obstacleOf({ plan, adoption, obstacle }: KeyView): string | null {
  if (adoption !== "adopted") return null;
  return obstacle?.reason ?? plan?.withheld.find(({ approval }) => approval === undefined)?.reason ?? null;
}
