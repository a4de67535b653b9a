import { assistantText, isAssistants } from "../../../model/authors.ts";
import type { DesiredBinding, DesiredPolicy } from "../../../model/desired.ts";
import { canonicalText } from "../../../model/values/digest.ts";
import { formatOrigin } from "../../../model/values/origin.ts";
import type { GuardContext } from "../../context/context.ts";
import { ownProfiles } from "../../context/profile-scopes.ts";
import type { Breach } from "../rule.ts";

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
