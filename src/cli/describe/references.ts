import { signedText } from "../../plan/render/columns.ts";
import {
  pinnedText,
  referenceText,
  sourceText,
  type ShownReference,
} from "../../model/answers/shown-reference.ts";
import { ago } from "../../wording/time.ts";
import { textBlock, type Block } from "./state.ts";

/**
 * The values in AWS that the manifest names. A controller of an earlier version does not list them.
 * @param nowMs null: without ages, to compare targets with each other
 */
export function referenceBlocks(
  references: readonly ShownReference[] = [],
  nowMs: number | null,
): readonly Block[] {
  if (references.length === 0) return [];
  return [
    textBlock("REFERENCES to values in AWS"),
    ...references.flatMap((one) => [
      { kind: "text" as const, lines: signedText(SIGNS[one.kind], referenceText(one)) },
      textBlock(`${sourceText(one)}${readText(one, nowMs)}; ${pinnedText(one)}`, "    "),
    ]),
  ];
}

const SIGNS = {
  pinned: " ",
  changed: "~",
  new: "+",
  unresolved: "?",
} as const satisfies Record<ShownReference["kind"], string>;

function readText(reference: ShownReference, nowMs: number | null): string {
  return reference.kind === "unresolved" || nowMs === null ? "" : `, read ${ago(reference.readAt, nowMs)}`;
}
