import type { Dialect } from "../../../model/aws/policy-document.ts";
import { isObject } from "../../../text/json-values.ts";
import { fault, type PolicyFault } from "./fault.ts";
import type { UncheckedDocument } from "./unchecked.ts";

type Kind = "identity" | "trust" | "resource";

const has = (value: object, name: string): boolean => name in value || `Not${name}` in value;

/** What all statements together look like; undefined when they are of no one kind. */
function kindOf({ statements }: UncheckedDocument): Kind | undefined {
  const values = statements.map(({ value }) => value).filter(isObject);
  if (values.length === 0) return undefined;
  const [withPrincipal, withResource] = [
    values.filter((value) => has(value, "Principal")).length,
    values.filter((value) => has(value, "Resource")).length,
  ];
  if (withPrincipal === 0) return withResource === values.length ? "identity" : undefined;
  if (withPrincipal < values.length) return undefined;
  return withResource === 0 ? "trust" : withResource === values.length ? "resource" : undefined;
}

/** A boundary is an identity policy by its look. */
const LOOKS = {
  identity: "identity",
  boundary: "identity",
  trust: "trust",
  resource: "resource",
} as const satisfies Record<Dialect, Kind>;

const NAMES = {
  identity: "a role's policy",
  trust: "a trust policy",
  resource: "a resource's policy",
} as const satisfies Record<Kind, string>;

/** One fault for a document of another kind, and the kind by whose rules the rest of it is worth reading. */
export function otherKind(
  document: UncheckedDocument,
  dialect: Dialect,
): { readonly dialect: Dialect; readonly faults: readonly PolicyFault[] } {
  const kind = kindOf(document);
  if (kind === undefined || kind === LOOKS[dialect]) return { dialect, faults: [] };
  const message = `this looks like ${NAMES[kind]}, not like ${NAMES[LOOKS[dialect]]}`;
  const found = fault({
    steps: document.statements[0]?.steps ?? [],
    message,
    fix: `use --type ${kind}`,
    identityRefusal: "Policy document should not specify a principal.",
    trustRefusal: kind === "resource" ? "Has prohibited field Resource" : null,
  });
  return { dialect: kind, faults: [found] };
}
