import { errorAt, type Diagnostic } from "../../../model/diagnostic.ts";
import type { DesiredBinding, Waiver } from "../../../model/desired.ts";
import type { Key } from "../../../model/keys/key.ts";
import type { DesiredProfile } from "../../../model/rules/guardrail-profile.ts";
import { isUnwaivableIn } from "../../../model/rules/rule-settings.ts";
import { selects } from "../../../model/rules/selects.ts";
import { formatOrigin, type Origin } from "../../../model/values/origin.ts";
import { originOfKey } from "../../../text/located/located.ts";
import type { UsableProfile } from "./profiles.ts";

interface WaiverCheck {
  readonly waivers: readonly Waiver[];
  readonly diagnostics: readonly Diagnostic[];
}

interface Applied {
  readonly profiles: readonly DesiredProfile[];
  /** Those with a document. */
  readonly usable: readonly UsableProfile[];
}

/**
 * A waiver of a rule that a profile makes unwaivable for this binding lifts nothing, and is an error. A profile for
 * assistants only suspends it, while a change of an assistant is open.
 */
export function withoutUnwaivable(
  waivers: readonly Waiver[],
  { profiles, usable }: Applied,
  bindings: ReadonlyMap<Key, DesiredBinding>,
): WaiverCheck {
  const diagnostics: Diagnostic[] = [];
  const kept = waivers.filter((waiver) => {
    const binding = bindings.get(waiver.binding);
    const forbidding =
      binding &&
      profiles.find(
        (profile) =>
          !profile.agent && isUnwaivableIn(profile, waiver.rule) && selects(profile.selector, binding),
      );
    if (forbidding === undefined) return true;
    const origin = placeOf(forbidding, usable);
    const label = `GuardrailProfile ${forbidding.name}`;
    const message = `no waiver lifts ${waiver.rule} here: ${label} makes it unwaivable (${formatOrigin(origin)})`;
    const fix = "remove the waiver, and change what the rule refuses";
    const related = [{ label, origin }];
    diagnostics.push({ ...errorAt(waiver.origin, "unwaivable-rule", { message, fix }), related });
    return false;
  });
  return { waivers: kept, diagnostics };
}

/** A built-in profile has no document: its place is the Team that names it. */
function placeOf({ name, origin }: DesiredProfile, usable: readonly UsableProfile[]): Origin {
  const manifest = usable.find(({ profile }) => profile.name === name)?.manifest;
  return manifest === undefined ? origin : originOfKey(manifest, ["spec", "unwaivable"]);
}
