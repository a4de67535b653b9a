import { provedNarrower } from "../../iam/compare/containment.ts";
import type { DocumentContext } from "../../iam/document.ts";

/** The proved direction of a change of a document; an equal document counts as narrower. */
export type Direction =
  | { readonly kind: "narrower" | "wider" }
  /** `because`: what of the new one the old one may not allow, and the reverse. */
  | { readonly kind: "neither"; readonly because: string };

/** undefined: the document was not read, and nothing is proved of it. */
export function provedDirection(
  from: string | undefined,
  to: string | undefined,
  context: DocumentContext,
): Direction {
  if (from === undefined) return { kind: "neither", because: "the old one was not read" };
  if (to === undefined) return { kind: "neither", because: "the new one was not read" };
  const narrower = provedNarrower(to, from, context);
  if (narrower.kind === "proved") return { kind: "narrower" };
  const wider = provedNarrower(from, to, context);
  if (wider.kind === "proved") return { kind: "wider" };
  return { kind: "neither", because: `of the new one ${narrower.because}; of the old one ${wider.because}` };
}
