import { hasEnded, type CompiledDocument, type Desired } from "../../model/desired.ts";
import { warningAt, type Diagnostic } from "../../model/diagnostic.ts";
import { placeOfEnd } from "./claim-places.ts";
import type { ManifestDocument } from "../parse/parsed.ts";
import type { Functions } from "./functions/all-functions.ts";
import type { CompiledPolicies } from "./policies.ts";

/** A past `until` is only a warning: as an error it would quarantine its entire manifest at that moment. */
function expiredGrants(
  document: CompiledDocument,
  nowMs: number,
  from: ManifestDocument | undefined,
): readonly Diagnostic[] {
  const ended = document.statements.filter((statement) => hasEnded(statement, nowMs));
  return ended.map(({ origin, until }) =>
    warningAt(from === undefined ? origin : placeOfEnd(from, origin), "expired-grant", {
      message: `this ended on ${until}`,
      fix: "remove it, or give it a new end",
    }),
  );
}

interface EndingParts {
  readonly functions: Pick<Functions, "ending">;
  readonly policies: Pick<CompiledPolicies, "unattached" | "documents">;
}

/** The problems of expired statements, of the valid states and of policies that nothing attaches. */
export function expiredStates(
  { functions, policies }: EndingParts,
  valid: Pick<Desired, "bindings" | "policies">,
  { nowMs }: { readonly nowMs: number },
): readonly Diagnostic[] {
  const inRoles = functions.ending.flatMap(({ document, bindings }) =>
    bindings
      .filter(({ key }) => valid.bindings.has(key))
      .flatMap(({ role }) => expiredGrants(role.inline, nowMs, document)),
  );
  const inPolicies = [...valid.policies.values(), ...policies.unattached].flatMap(({ key, document }) =>
    expiredGrants(document, nowMs, policies.documents.get(key)),
  );
  return [...inRoles, ...inPolicies];
}
