import { documentContext } from "../../diff/drift/context.ts";
import { compiledText, managedText } from "../../diff/documents/permissions.ts";
import { newDenials, permissionRows, type RolePermissions } from "../../iam/compare/delta.ts";
import { rowsBeyond } from "../../iam/compare/effective-rows.ts";
import type { DesiredPolicy } from "../../model/desired.ts";
import { livePolicy, type LiveAccount } from "../../model/live.ts";
import { limitedLines, type EffectiveState } from "../../model/permission-state.ts";
import { rowName } from "../../plan/render/compiled-rows.ts";
import { permissionLines } from "../../plan/render/permission-lines.ts";
import { homeOf, indexOf, type State } from "./declared.ts";

export interface PolicyFacts {
  readonly reference: DesiredPolicy;
  readonly states: readonly { readonly state: State; readonly isFormer: boolean }[];
  readonly isInGit: boolean;
  readonly live: LiveAccount;
  readonly readAt: string;
  readonly failing: { readonly since: string; readonly reason: string } | null;
}

/** What a ManagedPolicy allows in AWS; what of it a role may do depends on the role's boundary. */
export function effectivePolicy(facts: PolicyFacts): EffectiveState {
  const { reference, live, readAt, failing, isInGit, states } = facts;
  const { arn, policyName: name } = reference;
  const found = livePolicy(live, arn);
  const common = { kind: "read", readAt, failing, boundary: null, withoutEffect: limitedLines([]) } as const;
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
  const lines = [true, false].flatMap((isDeclared) => {
    const rows = permissionRows(now).filter((row) => (isInGit && !extra.has(rowName(row))) === isDeclared);
    const shown = permissionLines(rows, {
      home: homeOf(reference.key),
      declared: indexOf(states),
      listing: "state",
      placeOf: () => ({ kind: "policy", name, arn }),
    });
    return shown.map((line) => ({ ...line, isDeclared }));
  });
  return { ...common, permissions: limitedLines(lines), role: { kind: "declared", arn }, unknown: [] };
}

function permissionsOf(text: string | null, { reference }: PolicyFacts): RolePermissions {
  return {
    documents: text === null ? [] : [{ from: reference.arn, text }],
    boundary: null,
    context: documentContext(reference, "identity"),
  };
}
