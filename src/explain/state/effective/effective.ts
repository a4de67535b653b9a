import { documentName } from "../../../iam/row-text.ts";
import { documentContext, INLINE_NAME } from "../../../diff/documents/document-context.ts";
import { compiledText } from "../../../diff/documents/compiled-texts.ts";
import { liveDocuments, managedText, rolePermissions } from "../../../diff/documents/permissions.ts";
import {
  newDenials,
  permissionRows,
  type RolePermissions,
  onlyDocument,
} from "../../../iam/compare/delta.ts";
import { effectiveRows, rowsBeyond } from "../../../iam/compare/effective-rows.ts";
import {
  isOwnInline,
  OWN_INLINE,
  type ContainingDocument,
  type PermissionRow,
} from "../../../model/delta.ts";
import type { LiveRole } from "../../../model/live.ts";
import {
  limitedLines,
  type Boundary,
  type LineMarks,
  type EffectiveState,
  type RoleState,
  type SettingDifference,
} from "../../../model/answers/permission-state.ts";
import { rowName } from "../../../plan/render/compiled-rows.ts";
import { documentPlace, policyName, homeOf } from "../../../plan/render/words.ts";
import { indexOf } from "../declared.ts";
import { isBinding, type DesiredBinding } from "../../../model/desired.ts";
import { effectiveCallers } from "./effective-callers.ts";
import type { EffectiveFacts } from "./effective-facts.ts";
import { markedLines, type Mark, markFields } from "./effective-marks.ts";
import { tagValue } from "../../../diff/drift/ownership.ts";
import { trustText } from "../../../iam/trust.ts";
import type { Arn } from "../../../model/aws/arn.ts";
import type { Tag } from "../../../model/aws/tag.ts";
import { permissionLines } from "../../../plan/render/permission-lines.ts";
import { roleSettings, tagSetting } from "../../../plan/render/settings.ts";
import type { TypedLine } from "../../../model/answers/permission-line.ts";

/** Evaluated only from data that was read. Unread data is listed as unknown, never treated as empty. */
export function effectiveState(facts: EffectiveFacts): EffectiveState<TypedLine> {
  const role = usedRole(facts);
  return {
    ...readState(facts, role === null ? NO_ROLE : roleLines(role, facts)),
    settings: role === null ? [] : effectiveSettings(role, facts),
  };
}

/** The same without what the role allows and how it is set: who may call the function or assume its role, and what was not read. */
export function effectiveAccess(facts: EffectiveFacts): EffectiveState<TypedLine> {
  const role = usedRole(facts);
  if (role === null) return readState(facts, NO_ROLE);
  const unknown = unreadPolicies(role, unreadAttachments(role, facts), facts);
  return readState(facts, { ...NO_ROLE, lines: assumerLines(role, facts), unknown });
}

type ReadState = Extract<EffectiveState<TypedLine>, { readonly kind: "read" }>;

function readState(facts: EffectiveFacts, ofRole: RoleLines): ReadState {
  const { readings, readAt, failing, unread } = facts;
  const callers = effectiveCallers(facts);
  const state = roleState(facts);
  const reasons = [readings.function, readings.otherRole].flatMap((reading) =>
    reading?.kind === "unknown" ? [reading.reason] : [],
  );
  return {
    kind: "read",
    readAt,
    failing,
    role: state,
    permissions: limitedLines([...ofRole.lines, ...callers.lines]),
    boundary: ofRole.boundary,
    settings: [],
    withoutEffect: limitedLines(ofRole.withoutEffect),
    unknown: [...new Set([...ofRole.unknown, ...callers.unknown, ...reasons, ...unread])],
  };
}

function usedRole({ readings: { declaredRole, otherRole } }: EffectiveFacts): LiveRole | null {
  const reading = otherRole ?? declaredRole;
  return reading.kind === "present" ? reading.value : null;
}

function roleState({ reference, readings }: EffectiveFacts): RoleState {
  const { declaredRole, otherRole, function: found } = readings;
  const declaredArn = reference.role.arn;
  const arn = otherRole !== null && found.kind === "present" ? found.value.roleArn : declaredArn;
  const reading = otherRole ?? declaredRole;
  if (reading.kind === "absent") return { kind: "absent", arn };
  if (reading.kind === "unknown") return { kind: "unknown", arn, reason: reading.reason };
  return otherRole === null ? { kind: "declared", arn } : { kind: "other", arn, declaredArn };
}

interface RoleLines {
  readonly lines: readonly (TypedLine & LineMarks)[];
  readonly withoutEffect: readonly (TypedLine & LineMarks)[];
  readonly boundary: Boundary | null;
  readonly unknown: readonly string[];
}

const NO_ROLE: RoleLines = { lines: [], withoutEffect: [], boundary: null, unknown: [] };

function roleLines(role: LiveRole, facts: EffectiveFacts): RoleLines {
  const { reference, live, states } = facts;
  const permissions = rolePermissions(liveDocuments(role), { at: reference, live });
  const allowed = effectiveRows(permissions);
  const all = permissionRows({ ...permissions, boundary: null });
  const denials = all.filter(({ effect }) => effect === "Deny");
  const inEffect = new Set(allowed.map(placedName));
  const lost = all.filter((row) => row.effect === "Allow" && !inEffect.has(placedName(row)));
  const context = {
    home: homeOf(reference.key),
    declared: indexOf(states),
    listing: "state" as const,
    placeOf: (row: PermissionRow) => documentPlace(row.from),
  };
  const extra = extraRows(role, facts);
  const isDeclaredRow = (row: PermissionRow): boolean =>
    isDeclaredPolicy(row.from, role, facts) && !extra.has(rowName(row));
  const markOf = (row: PermissionRow): Mark =>
    isDeclaredRow(row) ? "declared" : wasApplied(row, role, facts) ? "formerly" : "added";
  const linesOf = (rows: readonly PermissionRow[]): readonly (TypedLine & LineMarks)[] =>
    markedLines(rows, markOf, context);
  const unread = unreadAttachments(role, facts);
  const isRead = (row: PermissionRow): boolean => !unread.some((arn) => isAttachment(arn, row.from));
  return {
    lines: [...linesOf([...allowed, ...denials].filter(isRead)), ...assumerLines(role, facts)],
    withoutEffect: linesOf(lost.filter(isRead)),
    boundary: boundaryOf(role, facts),
    unknown: unreadPolicies(role, unread, facts),
  };
}

function unreadAttachments({ attachments }: LiveRole, { live }: EffectiveFacts): readonly Arn[] {
  return attachments.filter((arn) => managedText(arn, live) === undefined);
}

function unreadPolicies(role: LiveRole, unread: readonly string[], facts: EffectiveFacts): readonly string[] {
  const { boundary } = role;
  const { live } = facts;
  const named = (arn: string): string =>
    `policy "${policyName(arn)}"${isDeclaredPolicy({ kind: "managed", arn }, role, facts) ? "" : ", not declared,"}`;
  const isUnread = boundary !== null && managedText(boundary, live) === undefined;
  return [
    ...unread.map((arn) => `${named(arn)} was not read: its permissions are unknown`),
    ...(isUnread ? [`boundary "${policyName(boundary)}" was not read: it may limit these permissions`] : []),
  ];
}

function wasApplied(row: PermissionRow, role: LiveRole, { states }: EffectiveFacts): boolean {
  return states.some(({ state, isFormer }) => {
    if (!isFormer || !isBinding(state) || role.arn !== state.role.arn) return false;
    if (state.role.attachments.some(({ arn }) => isAttachment(arn, row.from))) return true;
    return isOwnInline(row.from) && indexOf([{ state, isFormer }]).has(rowName(row));
  });
}

function placedName(row: PermissionRow): string {
  return `${documentName(row.from)} ${rowName(row)}`;
}

function isAttachment(arn: string, document: ContainingDocument): boolean {
  return document.kind === "managed" && document.arn === arn;
}

function isDeclaredPolicy(
  document: ContainingDocument,
  role: LiveRole,
  { reference, isInGit }: EffectiveFacts,
): boolean {
  if (!isInGit || role.arn !== reference.role.arn) return false;
  return isOwnInline(document) || reference.role.attachments.some(({ arn }) => isAttachment(arn, document));
}

/** The rows of the role's own inline policy that the declared policy does not have. */
function extraRows(role: LiveRole, { reference }: EffectiveFacts): ReadonlySet<string> {
  const context = documentContext(reference, "identity");
  const of = (text: string | null): RolePermissions => onlyDocument({ from: OWN_INLINE, text }, context);
  const live = of(role.inline.find(({ name }) => name === INLINE_NAME)?.text ?? null);
  const declared = of(compiledText(reference.role.inline));
  return new Set([...rowsBeyond(declared, live), ...newDenials(declared, live)].map(rowName));
}

function boundaryOf(role: LiveRole, { reference, states, live, isInGit }: EffectiveFacts): Boundary {
  const declared = isInGit ? (reference.role.boundary?.arn ?? null) : null;
  const isDeclared = isInGit && role.boundary === declared;
  const wasDeclared = states.some(
    ({ state, isFormer }) =>
      isFormer && isBinding(state) && (state.role.boundary?.arn ?? null) === role.boundary,
  );
  const declaredName = declared === null ? null : policyName(declared);
  const marks = { isDeclared, wasDeclared: wasDeclared && !isDeclared, declaredName };
  if (role.boundary === null) return { kind: "none", ...marks };
  const name = policyName(role.boundary);
  const isRead = managedText(role.boundary, live) !== undefined;
  return { kind: "boundary", name, arn: role.boundary, ...marks, isRead };
}

/** Principals that may assume the role without a declaration. Git always declares Lambda as the only principal. */
function assumerLines(role: LiveRole, { reference }: EffectiveFacts): readonly (TypedLine & LineMarks)[] {
  const text = trustText(reference.role);
  if (role.trust === text) return [];
  const [declared, live] = [trustOf(text, reference), trustOf(role.trust, reference)];
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
function effectiveSettings(role: LiveRole, facts: EffectiveFacts): readonly SettingDifference[] {
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
