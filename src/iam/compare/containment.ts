import { Comparer } from "./comparer.ts";
import { heldOutside, type RolePermissions, onlyDocument, usableRows } from "./delta.ts";
import type { DocumentContext } from "../document.ts";
import { gains, type Gain } from "./rows/gain.ts";
import { byText } from "../../text/order.ts";
import type { IndexedRows } from "./rows/indexed-rows.ts";
import { recordedRow, documentName } from "../row-text.ts";
import { scopesMeet } from "../match/scope.ts";

export type Proof =
  | { readonly kind: "proved" }
  /** It may hold all the same: several rows may allow together what none of them allows alone. */
  | { readonly kind: "not-proved"; readonly because: string };

const TOO_LARGE = "the policies are too large to compare in full";
const ALONE = { kind: "other", name: "document" } as const;
const PROVED: Proof = { kind: "proved" };

/**
 * Is it proved, row by row, that everything that `inner` allows `outer` allows too? What no request can use is not
 * asked for.
 */
export function provedNarrower(inner: string, outer: string, context: DocumentContext): Proof {
  const alone = (text: string): RolePermissions => onlyDocument({ from: ALONE, text }, context);
  return inner === outer ? PROVED : provedWithin(alone(inner), alone(outer));
}

/** The same for all documents of a role with its boundary. Of one context; no rows of a delta is this, and the reverse. */
export function provedWithin(
  inner: RolePermissions,
  outer: RolePermissions,
  comparer: Comparer = new Comparer(),
): Proof {
  const [old, now] = [usableRows(outer, comparer), usableRows(inner, comparer)];
  const found = gains({ old, now, heldOutside: heldOutside(inner.context) });
  const [because] = found.map((gain) => reasonOf(gain, old)).toSorted(byText);
  if (because === undefined) return PROVED;
  const isExhausted = old.budget.isExhausted || now.budget.isExhausted;
  return { kind: "not-proved", because: isExhausted ? `${TOO_LARGE}; ${because}` : because };
}

function reasonOf({ row, around }: Gain, outer: IndexedRows): string {
  const { principal, action, resource, condition, from } = recordedRow(row.permission);
  if (row.role === "opaque") return `a statement is not understood (${from}): ${condition}`;
  const what = [
    principal,
    action,
    resource === "" ? null : `on ${resource}`,
    condition === "" ? null : `when ${condition}`,
  ]
    .filter((part) => part !== null)
    .join(" ");
  if (around === null) {
    const isPart = outer.maySomeShare(row, "grant", (other) => scopesMeet(other, row));
    return `${what} is allowed, of which the other allows ${isPart ? "no single row that holds all of it" : "nothing"}`;
  }
  const document = documentName(around.permission.from);
  const { sid } = around.permission;
  const named = sid === null ? document : `statement ${sid} of ${document}`;
  return around.role === "deny"
    ? `${what} is denied by the other alone (${named})`
    : `${what} lies outside the other's boundary`;
}
