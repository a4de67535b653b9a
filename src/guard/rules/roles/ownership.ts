import type { DesiredBinding, DesiredPolicy } from "../../../model/desired.ts";
import { formatOrigin } from "../../../model/values/origin.ts";
import { canonicalText } from "../../../model/values/digest.ts";
import type { GuardContext } from "../../context/context.ts";
import { ownProfiles } from "../../context/profile-scopes.ts";
import type { Breach } from "../breach.ts";
import type { Tag } from "../../../model/aws/tag.ts";
import { teamTags } from "../../context/tag-keys.ts";
import { assistantText, isAssistants } from "../../../model/authors.ts";

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

/** TAG-001: a tag of a role grants permissions if a policy reads it. */
export function tagsThatPermit(binding: DesiredBinding, context: GuardContext): readonly Breach[] {
  return teamTags(binding).flatMap((tag) => {
    const problem = tooMuch(tag, context);
    if (problem === null) return [];
    const evidence = canonicalText({ Key: tag.key, Value: tag.value });
    const { origin: ofRole, tagOrigins } = binding.role;
    const origin = new Map(Object.entries(tagOrigins)).get(tag.key) ?? ofRole;
    return [{ rule: "TAG-001", severity: "full" as const, origin, evidence, ...problem }];
  });
}

function tooMuch({ key }: Tag, { account, index }: GuardContext): Pick<Breach, "why" | "fix"> | null {
  if (!account.tagKeys.some((allowed) => allowed.toLowerCase() === key.toLowerCase())) {
    const why = `account ${account.name} does not list the tag key "${key}", and policies may grant permissions by tag`;
    return {
      why,
      fix: `remove the tag; the platform team can add it to tagKeys of AwsAccount ${account.name}`,
    };
  }
  if (!index.tagsRead.has(key.toLowerCase())) return null;
  const why = `a policy of the account reads aws:PrincipalTag/${key}, so the tag changes the role's permissions`;
  return { why, fix: "remove the tag, or ask the platform team for a waiver" };
}

/** AI-001: an assistant made a change that is not applied, where a profile is for what assistants make. */
export function madeByAssistant(
  state: DesiredBinding | DesiredPolicy,
  context: GuardContext,
): readonly Breach[] {
  const authors = context.authors.get(state.key);
  if (authors === undefined || !isAssistants(authors)) return [];
  const [profile] = ownProfiles(state, context).filter(({ agent }) => agent);
  if (profile === undefined) return [];
  const { assistants, unknown } = authors;
  return [
    {
      rule: "AI-001",
      severity: "full",
      origin: state.origin,
      evidence: canonicalText({ assistants: assistants.map((one) => ({ ...one })), unknown }),
      why: `made by ${assistantText(authors)}: GuardrailProfile ${profile.name} (${formatOrigin(profile.origin)}) applies`,
      fix: "have a person review the change and approve its new access; if the rule refuses it, only a Waiver of the platform team lifts it",
    },
  ];
}
