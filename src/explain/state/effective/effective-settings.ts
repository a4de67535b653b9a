import { documentContext } from "../../../diff/documents/document-context.ts";
import { tagValue } from "../../../diff/drift/ownership.ts";
import {
  newDenials,
  permissionRows,
  type RolePermissions,
  onlyDocument,
} from "../../../iam/compare/delta.ts";
import { rowsBeyond } from "../../../iam/compare/effective-rows.ts";
import { trustText } from "../../../iam/trust.ts";
import type { DesiredBinding } from "../../../model/desired.ts";
import type { LiveRole } from "../../../model/live.ts";
import type { EffectiveLine, SettingDifference } from "../../../model/answers/permission-state.ts";
import type { Tag } from "../../../model/aws/tag.ts";
import { permissionLines } from "../../../plan/render/permission-lines.ts";
import { roleSettings, tagSetting } from "../../../plan/render/settings.ts";
import { homeOf } from "../../../plan/render/words.ts";
import type { EffectiveFacts } from "./effective-facts.ts";
import { markFields } from "./effective-marks.ts";

/** Principals that may assume the role without a declaration. Git always declares Lambda as the only principal. */
export function assumerLines(role: LiveRole, { reference }: EffectiveFacts): readonly EffectiveLine[] {
  const [declared, live] = [trustOf(trustText(reference.role), reference), trustOf(role.trust, reference)];
  const rows = new Set([...rowsBeyond(declared, live), ...newDenials(declared, live)]);
  const lines = permissionLines([...rows], {
    home: homeOf(reference.key),
    declared: new Map(),
    listing: "state",
    placeOf: () => ({ kind: "trust" }),
  });
  return lines.map((line) => ({ ...line, ...markFields("added") }));
}

function trustOf(text: string, reference: DesiredBinding): RolePermissions {
  return onlyDocument({ from: { kind: "trust" }, text }, documentContext(reference, "trust"));
}

/** Role settings that differ from the declared ones or are undeclared. None if the function runs on another role. */
export function effectiveSettings(role: LiveRole, facts: EffectiveFacts): readonly SettingDifference[] {
  const { reference, isInGit } = facts;
  const declared = reference.role;
  if (role.arn !== declared.arn || !isInGit) return trustSettings(role, reference);
  return [
    ...trustSettings(role, reference),
    ...addedTags(role.tags, declared.tags),
    ...roleSettings(role, declared),
  ];
}

/** A missing tag is not listed here: it is pending. */
export function addedTags(live: readonly Tag[], declared: readonly Tag[]): readonly SettingDifference[] {
  return live.flatMap(({ key, value }) => tagSetting(key, value, tagValue(declared, key)));
}

const POSSIBLY_LAMBDA = /lambda\.amazonaws\.com|\*/;

/** If Lambda cannot assume the role, the function has no permissions, regardless of the role's policies. */
function trustSettings(role: LiveRole, reference: DesiredBinding): readonly SettingDifference[] {
  const [declared, live] = [trustOf(trustText(reference.role), reference), trustOf(role.trust, reference)];
  const isNarrower = rowsBeyond(live, declared).length + newDenials(declared, live).length > 0;
  if (!isNarrower) return [];
  const isPossible = permissionRows(live).some(
    ({ effect, principal }) =>
      effect === "Allow" && (principal?.kind !== "one" || POSSIBLY_LAMBDA.test(principal.name)),
  );
  const text = isPossible ? "Lambda may be unable to assume the role" : "Lambda cannot assume the role";
  return [{ what: "trust policy", live: text, declared: "Lambda can assume the role" }];
}
