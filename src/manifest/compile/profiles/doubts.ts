import { warningAt, type Diagnostic } from "../../../model/diagnostic.ts";
import type { ProfileSelector } from "../../../model/rules/guardrail-profile.ts";
import { selects, type Selectable } from "../../../model/rules/selects.ts";
import { canonicalText } from "../../../model/values/digest.ts";
import { formatOrigin } from "../../../model/values/origin.ts";
import { originOfKey } from "../../../text/located/located.ts";
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
