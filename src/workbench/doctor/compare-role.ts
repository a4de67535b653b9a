import { newDenials, permissionDelta, type RolePermissions } from "../../iam/compare/delta.ts";
import type { DocumentContext, Member } from "../../iam/document.ts";
import { readDocument } from "../../iam/read/parse.ts";
import { documentName, recordedRow } from "../../iam/row-text.ts";
import { conditionTexts } from "../../plan/render/words.ts";
import { OPTIONAL_ACTIONS, type OwnIdentity } from "../../model/aws/own-roles.ts";
import type { Statement } from "../../model/aws/policy-document.ts";
import type { DeltaRow, PermissionRow } from "../../model/delta.ts";
import type { Probe } from "../../model/answers/probe.ts";
import type { InstalledDocument, InstalledRole } from "./installed-role.ts";

type ComparedIdentity = OwnIdentity | "reader";

/** A role as `bootstrap roles` prints it. */
export interface ExpectedRole {
  readonly identity: ComparedIdentity;
  /** With which `bootstrap roles` prints it, such as `--account prod`. */
  readonly option: string;
  readonly policy: readonly Statement[];
  /** Null: the operator's file does not declare the base role, so that the trust is not known. */
  readonly trust: readonly Statement[] | null;
  readonly at: Pick<DocumentContext, "partition" | "accountId">;
}

type PresentRole = Extract<InstalledRole, { readonly kind: "present" }>;

/**
 * The installed role, compared by meaning: its trust, each statement that it needs, and each statement that it has and
 * does not need. A call that AWS would refuse is a failed check; what is only less safe than it could be is a warning.
 * Both name the statement to add, to replace or to remove.
 */
export function roleChecks(expected: ExpectedRole, installed: InstalledRole): readonly Probe[] {
  const { identity, option } = expected;
  if (installed.kind === "unknown")
    return [probe([identity, "its policies"], "not-checked", installed.reason)];
  if (installed.kind === "absent")
    return [
      probe(
        [identity, "role"],
        "failed",
        `${installed.reason}; create it: grantkeeper bootstrap roles ${option}`,
      ),
    ];
  const trust = trustCheck(expected, installed);
  const unclear = unclearReason(expected, installed);
  if (unclear !== null) return [trust, probe([identity, "its policies"], "not-checked", unclear)];
  return [
    trust,
    ...expected.policy.map((statement) =>
      statement.Effect === "Allow"
        ? allowCheck(statement, expected, installed)
        : denyCheck(statement, expected, installed),
    ),
    ...surplusChecks(expected, installed),
  ];
}

function probe(
  [identity, what]: readonly [identity: ComparedIdentity, what: string],
  outcome: Probe["outcome"],
  detail: string | null = null,
): Probe {
  return { identity, region: null, what, outcome, detail };
}

function trustCheck({ identity, trust, at }: ExpectedRole, installed: PresentRole): Probe {
  if (trust === null)
    return probe([identity, "trust"], "not-checked", "the operator's file has no bootstrap.baseRole");
  const context: DocumentContext = { ...at, dialect: "trust" };
  const declared = permissions([{ from: "declared", text: documentText(trust) }], context);
  const live = permissions([{ from: "trust", text: installed.trust }], context);
  const fix = `set the trust policy to ${documentText(trust)}`;
  const surplus = permissionDelta(declared, live).allowed;
  if (surplus.length > 0)
    return probe(
      [identity, "trust"],
      tagsOnly(surplus),
      `allows more than it should: ${rowsText(surplus)}; ${fix}`,
    );
  const missing = permissionDelta(live, declared).allowed;
  if (missing.length > 0)
    return probe([identity, "trust"], tagsOnly(missing), `does not allow ${rowsText(missing)}; ${fix}`);
  return probe([identity, "trust"], "passed");
}

/** Without session tags a role works, and with more of them it can do no more. */
function tagsOnly(rows: readonly PermissionRow[]): "warning" | "failed" {
  const isOnly = rows.every(
    ({ action }) => action.kind === "one" && action.name.toLowerCase() === "sts:tagsession",
  );
  return isOnly ? "warning" : "failed";
}

/** Why the policies cannot be compared; null if they can. */
function unclearReason({ at }: ExpectedRole, { documents, boundary, unread }: PresentRole): string | null {
  if (unread.length > 0) return `not read: ${unread.join(", ")}`;
  for (const document of [...documents, ...(boundary === null ? [] : [boundary])]) {
    const parsed = readDocument(document.text, { ...at, dialect: "identity" });
    if (parsed.kind === "unreadable") return `${document.from} cannot be read: ${parsed.reason}`;
    const opaque = parsed.document.members.find((member) => member.kind === "opaque");
    if (opaque?.kind === "opaque")
      return `${document.from}: ${opaque.sid ?? "a statement"} is not understood: ${opaque.reason}`;
  }
  return null;
}

/** By the policies and, on its own, by the boundary. A Deny that the role needs anyway is no obstacle. */
function allowCheck(
  statement: Statement,
  { identity, policy, at }: ExpectedRole,
  installed: PresentRole,
): Probe {
  const context: DocumentContext = { ...at, dialect: "identity" };
  const text = documentText([statement, ...denials(policy)]);
  const needed = permissions([{ from: "declared", text }], context);
  const { documents, boundary } = installed;
  const what = statement.Sid ?? "a statement";
  const missing = allowedRows(permissions(documents, context), needed);
  if (missing.length > 0) return missingCheck({ identity, what, missing }, addText(statement));
  const outside = boundary === null ? [] : allowedRows(permissions([boundary], context), needed);
  if (outside.length === 0) return probe([identity, what], "passed");
  return missingCheck({ identity, what, missing: outside }, `allow it in ${boundary?.from ?? ""} too`);
}

interface MissingPermission {
  readonly identity: ComparedIdentity;
  readonly what: string;
  readonly missing: readonly DeltaRow[];
}

function missingCheck({ identity, what, missing }: MissingPermission, fix: string): Probe {
  if (missing.every(isOptional)) {
    const actions = missing.map((row) => recordedRow(row).action);
    const effects = new Set(actions.flatMap((action) => OPTIONAL_ACTIONS.get(action.toLowerCase()) ?? []));
    return probe([identity, what], "passed", `without ${actions.join(", ")}: ${[...effects].join("; ")}`);
  }
  const limit = missing.find((row) => row.limit !== null)?.limit ?? null;
  if (limit === null) return probe([identity, what], "failed", `does not allow ${rowsText(missing)}; ${fix}`);
  const denial = `${limit.sid ?? "a statement"} of ${documentName(limit.from)}`;
  return probe([identity, what], "failed", `${denial} denies ${rowsText(missing)}; remove that Deny`);
}

function isOptional({ action }: PermissionRow): boolean {
  return action.kind === "one" && OPTIONAL_ACTIONS.has(action.name.toLowerCase());
}

function denyCheck(statement: Statement, { identity, at }: ExpectedRole, installed: PresentRole): Probe {
  const context: DocumentContext = { ...at, dialect: "identity" };
  const needed = permissions([{ from: "declared", text: documentText([statement]) }], context);
  const { documents, boundary } = installed;
  const all = permissions([...documents, ...(boundary === null ? [] : [boundary])], context);
  const missing = newDenials(all, needed);
  const what = statement.Sid ?? "a statement";
  if (missing.length === 0) return probe([identity, what], "passed");
  return probe([identity, what], "warning", `does not deny ${rowsText(missing)}; ${addText(statement)}`);
}

/** Each Allow that allows more than the role needs, also after its missing Deny statements were added. */
function surplusChecks(expected: ExpectedRole, installed: PresentRole): readonly Probe[] {
  const { identity, policy, at } = expected;
  const context: DocumentContext = { ...at, dialect: "identity" };
  const declared = permissions([{ from: "declared", text: documentText(policy) }], context);
  const statements = installed.documents.flatMap(({ from, text }) =>
    membersOf(text, context).map((member) => ({ from, member })),
  );
  const denied = statements.filter(({ member }) => member.effect === "Deny");
  const deniedText = documentText([...denied.map(({ member }) => member.source), ...denials(policy)]);
  return statements
    .filter(({ member }) => member.effect === "Allow")
    .flatMap(({ from, member }) => {
      const alone = [
        { from, text: documentText([member.source]) },
        { from: "denied", text: deniedText },
      ];
      const surplus = allowedRows(declared, permissions(alone, context, installed.boundary));
      if (surplus.length === 0) return [];
      const same = policy.find(({ Sid, Effect }) => Sid === member.sid && Effect === "Allow");
      const fix = same === undefined ? "remove it" : `replace it with ${JSON.stringify(same)}`;
      const what = `${member.sid ?? "a statement"} of ${from}`;
      return [probe([identity, what], "warning", `allows more than needed: ${rowsText(surplus)}; ${fix}`)];
    });
}

function membersOf(text: string, context: DocumentContext) {
  const parsed = readDocument(text, context);
  const members: readonly Member[] = parsed.kind === "parsed" ? parsed.document.members : [];
  return members.filter((member) => member.kind === "statement");
}

/** What `after` allows and `before` does not; a Deny that meets no permission of either is not listed. */
function allowedRows(before: RolePermissions, after: RolePermissions): readonly DeltaRow[] {
  return permissionDelta(before, after).allowed.filter(({ effect }) => effect === "Allow");
}

function permissions(
  documents: readonly InstalledDocument[],
  context: DocumentContext,
  boundary: InstalledDocument | null = null,
): RolePermissions {
  const named = ({ from, text }: InstalledDocument) => ({
    from: { kind: "other", name: from } as const,
    text,
  });
  return {
    documents: documents.map(named),
    boundary: boundary === null ? null : named(boundary),
    context,
  };
}

function denials(policy: readonly Statement[]): readonly Statement[] {
  return policy.filter(({ Effect }) => Effect === "Deny");
}

function documentText(statements: readonly object[]): string {
  return JSON.stringify({ Version: "2012-10-17", Statement: statements });
}

function addText(statement: Statement): string {
  return `add ${JSON.stringify(statement)}`;
}

/** The first permission, and how many more there are. */
function rowsText(rows: readonly PermissionRow[]): string {
  const [first] = rows;
  if (first === undefined) return "nothing";
  const { principal, action, resource } = recordedRow(first);
  const { condition } = first;
  const tests = condition.kind === "unknown" ? [`if ${condition.text}`] : conditionTexts(condition);
  const parts = [
    principal,
    action,
    resource === "" ? null : `on ${resource}`,
    tests.length === 0 ? null : tests.join(" and "),
    rows.length === 1 ? null : `and ${rows.length - 1} more`,
  ];
  return parts.filter((part) => part !== null).join(" ");
}
