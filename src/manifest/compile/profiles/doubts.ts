import { warningAt, type Diagnostic } from "../../../model/diagnostic.ts";
import { selects, type Selectable } from "../../../model/rules/selects.ts";
import { canonicalText } from "../../../model/values/digest.ts";
import { formatOrigin } from "../../../model/values/origin.ts";
import { groupExample, UNKNOWN_GROUP, type ProfileSelector } from "../../../model/rules/guardrail-profile.ts";
import { nearestName } from "../../../text/nearest-name.ts";
import { originOfKey, originOfValue } from "../../../text/located/located.ts";
import type { UsableProfile } from "./profiles.ts";

/** Profiles that select nothing, and profiles with one selector that contradict each other. */
export function profileDoubts(
  profiles: readonly UsableProfile[],
  subjects: readonly Selectable[],
): readonly Diagnostic[] {
  const idle = profiles.filter(
    ({ profile }) => !subjects.some((subject) => selects(profile.selector, subject)),
  );
  return [
    ...idle.map(({ manifest }) =>
      warningAt(originOfKey(manifest, ["spec", "selector"]), "selects-nothing", {
        message: "the selector matches no function and no policy",
        fix: "correct it, or remove the profile",
      }),
    ),
    ...contradictions(profiles),
  ];
}

/** What such a profile holds, no one could approve. */
export function unknownGroups(
  profiles: readonly UsableProfile[],
  known: readonly string[] | undefined,
): readonly Diagnostic[] {
  if (known === undefined) return [];
  return profiles.flatMap(({ manifest }) => {
    const group = manifest.spec.approval?.group;
    if (group === undefined || known.includes(group)) return [];
    const near = nearestName(group, known);
    const message = `no one can approve what the profile holds: the operator's file has no group "${group}"`;
    const fix = `${near === undefined ? "" : `write group: ${near}, or `}add it to grantkeeper.yaml: ${groupExample(group)}`;
    return [
      warningAt(originOfValue(manifest, ["spec", "approval", "group"]), UNKNOWN_GROUP, { message, fix }),
    ];
  });
}

function contradictions(profiles: readonly UsableProfile[]): readonly Diagnostic[] {
  const alike = Map.groupBy(
    profiles,
    ({ profile }) => `${String(profile.agent)} ${canonicalSelector(profile.selector)}`,
  );
  return [...alike.values()].flatMap((group) => {
    const strictest = new Map<string, UsableProfile>();
    for (const one of group)
      for (const [rule, severity] of Object.entries(one.profile.rules))
        if (severity === "block" && !strictest.has(rule)) strictest.set(rule, one);
    return group.flatMap(({ manifest, profile }) =>
      Object.entries(profile.rules).flatMap(([rule, severity]) => {
        const other = strictest.get(rule);
        if (severity !== "off" || other === undefined) return [];
        const where = formatOrigin(originOfKey(other.manifest, ["spec", "rules", rule]));
        const message = `${rule}: off has no effect: the same selector has block in ${where}`;
        const origin = originOfKey(manifest, ["spec", "rules", rule]);
        return [warningAt(origin, "contradiction", { message, fix: "keep one of the two lines" })];
      }),
    );
  });
}

function canonicalSelector({ namespaces, accounts, labels }: ProfileSelector): string {
  const sorted = { namespaces: namespaces?.toSorted() ?? null, accounts: accounts?.toSorted() ?? null };
  return canonicalText({ ...sorted, labels: { ...labels } });
}
