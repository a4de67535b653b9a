import { documentContext } from "../../../diff/documents/document-context.ts";
import { compiledText } from "../../../diff/documents/compiled-texts.ts";
import { managedText } from "../../../diff/documents/permissions.ts";
import {
  newDenials,
  permissionRows,
  type RolePermissions,
  onlyDocument,
} from "../../../iam/compare/delta.ts";
import { rowsBeyond } from "../../../iam/compare/effective-rows.ts";
import type { PermissionRow } from "../../../model/delta.ts";
import type { DesiredPolicy } from "../../../model/desired.ts";
import { livePolicy, type LivePolicy } from "../../../model/live.ts";
import {
  limitedLines,
  type EffectiveState,
  type SettingDifference,
} from "../../../model/answers/permission-state.ts";
import { rowName } from "../../../plan/render/compiled-rows.ts";
import { homeOf } from "../../../plan/render/words.ts";
import { indexOf } from "../declared.ts";
import type { ComparedFacts } from "./effective-facts.ts";
import { markedLines, type Mark } from "./effective-marks.ts";
import { addedTags } from "./effective.ts";
import type { TypedLine } from "../../../model/answers/permission-line.ts";

export interface PolicyFacts extends ComparedFacts {
  readonly reference: DesiredPolicy;
}

/** The permissions in a ManagedPolicy in AWS. A role that it is attached to may have fewer, because of its boundary. */
export function effectivePolicy(facts: PolicyFacts): EffectiveState<TypedLine> {
  const { reference, live, readAt, failing, isInGit, states } = facts;
  const { arn, policyName: name } = reference;
  const found = livePolicy(live, arn);
  const common = {
    kind: "read",
    readAt,
    failing,
    boundary: null,
    settings: [],
    withoutEffect: limitedLines([]),
  } as const;
  const nothing = { ...common, permissions: limitedLines([]) };
  if (found.kind === "absent") return { ...nothing, role: { kind: "absent", arn }, unknown: [] };
  const text = managedText(arn, live);
  if (found.kind === "unknown" || text === undefined) {
    const reason = found.kind === "unknown" ? found.reason : "its document was not read";
    return { ...nothing, role: { kind: "unknown", arn, reason }, unknown: [reason] };
  }
  const [now, declared] = [text, compiledText(reference.document)].map((document) =>
    permissionsOf(document, facts),
  ) as [RolePermissions, RolePermissions];
  const extra = new Set([...rowsBeyond(declared, now), ...newDenials(declared, now)].map(rowName));
  const former = indexOf(states.filter(({ isFormer }) => isFormer));
  const markOf = (row: PermissionRow): Mark =>
    isInGit && !extra.has(rowName(row)) ? "declared" : former.has(rowName(row)) ? "formerly" : "added";
  const lines = markedLines(permissionRows(now), markOf, {
    home: homeOf(reference.key),
    declared: indexOf(states),
    listing: "state",
    placeOf: () => ({ kind: "policy", name, arn }),
  });
  const { settings, unknown } = isInGit ? policySettings(found.value, reference) : NO_SETTINGS;
  return { ...common, settings, permissions: limitedLines(lines), role: { kind: "declared", arn }, unknown };
}

interface PolicySettings {
  readonly settings: readonly SettingDifference[];
  readonly unknown: readonly string[];
}

const NO_SETTINGS: PolicySettings = { settings: [], unknown: [] };

function policySettings({ tags, description }: LivePolicy, reference: DesiredPolicy): PolicySettings {
  const isOther = description !== null && description !== reference.description;
  return {
    settings: [
      ...(tags.kind === "present" ? addedTags(tags.value, reference.tags) : []),
      ...(isOther
        ? [
            {
              what: "description",
              live: JSON.stringify(description),
              declared: JSON.stringify(reference.description),
            },
          ]
        : []),
    ],
    unknown: [
      ...(tags.kind === "unknown" ? [`tags: ${tags.reason}`] : []),
      ...(description === null ? ["description: it was not read"] : []),
    ],
  };
}

function permissionsOf(text: string | null, { reference }: PolicyFacts): RolePermissions {
  const from = { kind: "managed", arn: reference.arn } as const;
  return onlyDocument({ from, text }, documentContext(reference, "identity"));
}
