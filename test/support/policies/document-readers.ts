import { permissionDelta, type RolePermissions } from "../../../src/iam/compare/delta.ts";
import { compareDocuments } from "../../../src/iam/compare/comparer.ts";
import { provedNarrower } from "../../../src/iam/compare/containment.ts";
import { readDocument } from "../../../src/iam/read/parse.ts";
import { normalText } from "../../../src/iam/read/print.ts";
import { readDocumentName } from "../../../src/iam/row-text.ts";
import { contextOf, productDecision } from "../second-opinion/product.ts";
import { CALLERS } from "../second-opinion/vocabulary.ts";
import type { Asker } from "../second-opinion/world.ts";

export const IDENTITY = contextOf("identity");
const [caller] = CALLERS as readonly [Asker];

export const alone = (text: string): RolePermissions => ({
  documents: [{ from: readDocumentName("document"), text }],
  boundary: null,
  context: IDENTITY,
});

/** Everything that reads a document, on a pair of them. */
export const READERS = {
  "the parser": (text: string): unknown => readDocument(text, IDENTITY),
  "the normal form": (text: string): unknown => {
    const parsed = readDocument(text, IDENTITY);
    return parsed.kind === "parsed" && normalText(parsed.document);
  },
  "the comparison": (text: string, other: string): unknown => compareDocuments(text, other, IDENTITY),
  "the evaluator": (text: string): unknown => decided(text),
  "the delta": (text: string, other: string): unknown => permissionDelta(alone(text), alone(other)),
  "the containment": (text: string, other: string): unknown => provedNarrower(text, other, IDENTITY),
} as const;

function decided(text: string): unknown {
  const long = "a".repeat(1_000);
  return productDecision(
    {
      caller,
      action: `s3:${long}`,
      resource: `arn:aws:s3:::${long}`,
      resourceAccount: "111122223333",
      context: { k: [long] },
    },
    { identity: [text], boundary: text, session: [], resource: { kind: "resource", text } },
  );
}

export function readAll(text: string, other: string): void {
  for (const read of Object.values(READERS)) read(text, other);
}
