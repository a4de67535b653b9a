import { PLATFORM } from "../../../model/aws/ids.ts";
import { errorAt, type Diagnostic } from "../../../model/diagnostic.ts";
import type { KnownProfile } from "../../../model/rules/guardrail-profile.ts";
import { formatOrigin, type Origin } from "../../../model/values/origin.ts";
import type { Paths } from "../../folder-owner.ts";
import type { PlacedDocuments } from "../placed-documents.ts";
import { unreadPlaces } from "../unread-places.ts";

/** A profile of the revision before that is not declared any more, and may be in a document that can't be read. */
export interface LostProfile extends KnownProfile {
  /** The first document or file of the platform that can't be read. */
  readonly origin: Origin;
}

interface LostContext extends Paths {
  readonly knownProfiles?: readonly KnownProfile[] | undefined;
}

/**
 * A kind that is misspelt, or a file that is no YAML, must not switch the rules of a profile off. Where such a document
 * is in the platform's folder, no profile counts as removed: it may also have been moved or renamed into it.
 */
export function lostProfiles(world: PlacedDocuments, context: LostContext): readonly LostProfile[] {
  const declared = new Set(declaredNames(world));
  const missing = (context.knownProfiles ?? []).filter(({ name }) => !declared.has(name));
  if (missing.length === 0) return [];
  const [origin] = unreadPlaces(world, context);
  return origin === undefined ? [] : missing.map(({ name, selector }) => ({ name, selector, origin }));
}

function declaredNames({ profiles, invalid }: PlacedDocuments): readonly (string | null)[] {
  const broken = invalid.filter(({ document }) => document.of === "GuardrailProfile");
  return [...profiles, ...broken]
    .filter(({ namespace }) => namespace === PLATFORM)
    .map(({ document }) => document.name);
}

/** Reported once, at the document, and not for each function. */
export function lostReport({ name, origin }: LostProfile): Diagnostic {
  const message = `GuardrailProfile ${name} was declared before, and this document can't be read: what the profile selects keeps its last applied state`;
  const fix = "correct the document; then a profile that is really removed no longer applies";
  return errorAt(origin, "lost-profile", { message, fix });
}

/** Of a function or policy that the profile selected. */
export function lostReason({ name, origin: unread }: LostProfile, origin: Origin): Diagnostic {
  const label = `GuardrailProfile ${name}`;
  const message = `${label} applied here, and is no longer declared; ${unread.file} can't be read and may hold it`;
  const fix = `correct ${formatOrigin(unread)}`;
  return { ...errorAt(origin, "invalid-profile", { message, fix }), causedBy: { label, origin: unread } };
}
