import type { DesiredBinding, DesiredPolicy } from "../../../model/desired.ts";
import { formatOrigin } from "../../../model/values/origin.ts";
import { canonicalText } from "../../../model/values/digest.ts";
import type { GuardContext } from "../../context/context.ts";
import { ownProfiles } from "../../context/profile-scopes.ts";
import type { Breach } from "../rule.ts";

/** OWN-001: an annotation that a profile requires is missing or empty. The platform's own documents need none. */
export function annotationsMissing(
  state: DesiredBinding | DesiredPolicy,
  context: GuardContext,
): readonly Breach[] {
  const { annotations = {}, namespace, origin } = state;
  if (namespace === "platform") return [];
  const isMissing = (annotation: string): boolean =>
    !Object.hasOwn(annotations, annotation) || annotations[annotation]?.trim() === "";
  const profiles = ownProfiles(state, context);
  if (!profiles.some(({ requiredAnnotations }) => requiredAnnotations.some(isMissing))) return [];
  const required = new Map(
    profiles.flatMap((profile) =>
      profile.requiredAnnotations.map((annotation) => [annotation, profile] as const),
    ),
  );
  const missing = [...required].filter(([annotation]) => isMissing(annotation));
  return missing.map(([annotation, { name, origin: at }]) => ({
    rule: "OWN-001",
    severity: "full",
    origin,
    evidence: canonicalText({ annotation }),
    why: `GuardrailProfile ${name} (${formatOrigin(at)}) requires the annotation ${annotation}`,
    fix: `add metadata.annotations: { ${annotation}: TEXT }`,
  }));
}
