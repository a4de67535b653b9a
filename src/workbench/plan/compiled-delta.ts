import { documentContext } from "../../diff/documents/document-context.ts";
import { declaredOrigin, originIn } from "../../diff/documents/declared-origin.ts";
import { compiledText, CompiledTexts } from "../../diff/documents/compiled-texts.ts";
import { permissionDelta, type RolePermissions, onlyDocument } from "../../iam/compare/delta.ts";
import { documentText } from "../../iam/read/print.ts";
import { trustText } from "../../iam/trust.ts";
import type { ShippedPolicies } from "../../iam/shipped-policies.ts";
import type { AttachedDocument } from "../../iam/attached-document.ts";
import { functionArn } from "../../model/aws/arn.ts";
import {
  joinedDelta,
  NO_DELTA,
  type Delta,
  type PermissionRow,
  OWN_INLINE,
  type ContainingDocument,
} from "../../model/delta.ts";
import type { Desired, DesiredBinding, DesiredCaller, DesiredPolicy } from "../../model/desired.ts";

/** A state with its revision, in which attached documents are looked up, and the documents that AWS writes. */
export interface CompiledState<State> {
  readonly state: State;
  readonly desired: Desired;
  readonly shipped: ShippedPolicies | null;
}

/** What one revision allows a function, and others with it, that another does not. `null`: not in that revision. */
export function bindingDelta(
  before: CompiledState<DesiredBinding> | null,
  after: CompiledState<DesiredBinding> | null,
  texts: CompiledTexts = new CompiledTexts(),
): Delta {
  if (isUnchanged(before, after, texts)) return NO_DELTA;
  const [any] = [after, before].filter((one) => one !== null);
  if (any === undefined) return NO_DELTA;
  const role = withoutUnread(
    permissionDelta(rolePermissions(before, any), rolePermissions(after, any)),
    new Set([before, after].flatMap((one) => (one === null ? [] : unreadDocuments(one)))),
  );
  const qualifiers = [
    ...new Set([...callersOf(before), ...callersOf(after)].map(({ qualifier }) => qualifier ?? "")),
  ].sort();
  const callers = qualifiers.map((qualifier) =>
    permissionDelta(
      callerPermissions(before, any.state, qualifier),
      callerPermissions(after, any.state, qualifier),
    ),
  );
  return joinedDelta([role, trustDelta(before, after), ...callers]);
}

/** As fast as possible for a state that was not compiled again: only policies that it names can make a difference then. */
function isUnchanged(
  before: CompiledState<DesiredBinding> | null,
  after: CompiledState<DesiredBinding> | null,
  texts: CompiledTexts,
): boolean {
  if (before === null || after === null || before.state !== after.state) return false;
  const [then, now] = [before, after].map((one) => namedTexts(one, texts));
  return then?.every((text, at) => text === now?.[at]) === true;
}

/** Of the attached policies and of the boundary, in the order of the state. */
function namedTexts(
  { state, desired, shipped }: CompiledState<DesiredBinding>,
  texts: CompiledTexts,
): readonly (string | null | undefined)[] {
  const attached = state.role.attachments.map(({ arn, policy }) => {
    const declaredPolicy = policy === null ? undefined : desired.policies.get(policy);
    return declaredPolicy === undefined ? shipped?.textOf(arn) : texts.textOf(declaredPolicy.document);
  });
  const boundary = boundaryPolicy({ state, desired });
  return [...attached, boundary && texts.textOf(boundary.document)];
}

/** A new role has the trust of its account, and one that is deleted has none that matters. */
function trustDelta(
  before: CompiledState<DesiredBinding> | null,
  after: CompiledState<DesiredBinding> | null,
): Delta {
  if (before === null || after === null) return NO_DELTA;
  const trust = ({ state }: CompiledState<DesiredBinding>): RolePermissions =>
    onlyDocument(
      { from: { kind: "trust" }, text: trustText(state.role) },
      documentContext(after.state, "trust"),
    );
  return permissionDelta(trust(before), trust(after));
}

export function policyDelta(before: DesiredPolicy | null, after: DesiredPolicy | null): Delta {
  const any = after ?? before;
  if (any === null) return NO_DELTA;
  const permissions = (policy: DesiredPolicy | null): RolePermissions => ({
    documents: policy === null ? [] : [policyDocument(policy, { kind: "managed", arn: policy.arn })],
    boundary: null,
    context: documentContext(any, "identity"),
  });
  return permissionDelta(permissions(before), permissions(after));
}

/** Attached AWS-managed policies whose documents are not known offline. */
export function unreadDocuments({ state, shipped }: CompiledState<DesiredBinding>): readonly string[] {
  return state.role.attachments
    .filter(({ arn, policy }) => policy === null && shipped?.textOf(arn) === undefined)
    .map(({ arn }) => arn);
}

/**
 * An unread document keeps the other rows from being proved, and has no row itself: whether it adds or removes
 * anything is not known, and the plan names it.
 */
function withoutUnread(delta: Delta, unread: ReadonlySet<string>): Delta {
  const isKnown = ({ action, from }: PermissionRow): boolean =>
    action.kind !== "unknown" || from.kind !== "managed" || !unread.has(from.arn);
  return {
    allowed: delta.allowed.filter(isKnown),
    noLongerAllowed: delta.noLongerAllowed.filter(isKnown),
    unknownEffect: delta.unknownEffect.filter((effect) => effect.kind !== "role-tag" || isKnown(effect.row)),
  };
}

/** A role that does not exist yet, or no more, has nothing that its boundary limits: the boundary is no difference then. */
function rolePermissions(
  compiled: CompiledState<DesiredBinding> | null,
  any: CompiledState<DesiredBinding>,
): RolePermissions {
  const context = documentContext(any.state, "identity");
  if (compiled === null) return { documents: [], boundary: boundaryOf(any), context };
  const { state, desired, shipped } = compiled;
  const text = compiledText(state.role.inline);
  const inline =
    text === null
      ? []
      : [{ from: OWN_INLINE, text, origin: declaredOrigin(state.role.inline, context, null) }];
  const attached = state.role.attachments.map(({ arn, policy }) => {
    const declaredPolicy = policy === null ? undefined : desired.policies.get(policy);
    const from = { kind: "managed", arn } as const;
    return declaredPolicy === undefined
      ? { from, text: shipped?.textOf(arn) ?? "" }
      : policyDocument(declaredPolicy, from);
  });
  return { documents: [...inline, ...attached], boundary: boundaryOf(compiled), context };
}

function boundaryOf({
  state,
  desired,
}: Pick<CompiledState<DesiredBinding>, "state" | "desired">): AttachedDocument | null {
  const arn = state.role.boundary?.arn;
  if (arn === undefined) return null;
  const declaredPolicy = boundaryPolicy({ state, desired });
  const from = { kind: "boundary" } as const;
  return declaredPolicy === undefined ? { from, text: "" } : policyDocument(declaredPolicy, from);
}

/** undefined: there is no boundary, or its document is not declared. */
function boundaryPolicy({
  state,
  desired,
}: Pick<CompiledState<DesiredBinding>, "state" | "desired">): DesiredPolicy | undefined {
  const arn = state.role.boundary?.arn;
  if (arn === undefined) return undefined;
  return [...desired.policies.values()].find(
    (policy) => policy.arn === arn && policy.accountId === state.accountId,
  );
}

function policyDocument(policy: DesiredPolicy, from: ContainingDocument): AttachedDocument {
  return {
    from,
    text: compiledText(policy.document) ?? "",
    origin: declaredOrigin(policy.document, documentContext(policy, "identity"), null),
  };
}

function callersOf(compiled: CompiledState<DesiredBinding> | null): readonly DesiredCaller[] {
  return compiled === null ? [] : compiled.state.callers;
}

function callerPermissions(
  compiled: CompiledState<DesiredBinding> | null,
  at: DesiredBinding,
  qualifier: string,
): RolePermissions {
  const callers = callersOf(compiled).filter((caller) => (caller.qualifier ?? "") === qualifier);
  const name = functionArn(at, at.functionName, qualifier === "" ? null : qualifier);
  const origin = originIn(callers, documentContext(at, "resource"));
  const text = callers.length === 0 ? null : documentText(callers.map(({ statement }) => statement));
  return onlyDocument({ from: { kind: "other", name }, text, origin }, documentContext(at, "resource"));
}
