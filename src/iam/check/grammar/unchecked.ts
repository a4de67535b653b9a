import type { ValuePath } from "../../../text/located/value-path.ts";
import type { DocumentContext } from "../../document.ts";
import type { PolicyFinding } from "../../finding.ts";
import type { JsonText } from "../../../text/json/read.ts";
import { originOfKey, originOfValue } from "../../../text/located/located.ts";
import type { PolicyFault } from "./fault.ts";

/** Whose document it is, and whether it becomes a managed policy, which takes the language of 2012 alone. */
export interface GrammarContext extends DocumentContext {
  readonly isManaged: boolean;
}

interface UncheckedStatement {
  /** From the document to the statement. */
  readonly steps: ValuePath;
  readonly value: unknown;
}

/** A document as a person wrote it, complete, faults included. */
export interface UncheckedDocument {
  readonly text: string;
  readonly value: Readonly<Record<string, unknown>>;
  /** Names that an object has again. */
  readonly repeated: readonly ValuePath[];
  readonly statements: readonly UncheckedStatement[];
  /** The place of a fault. */
  readonly place: (
    fault: Pick<PolicyFault, "steps" | "at">,
  ) => Pick<PolicyFinding, "line" | "column" | "path">;
}

export function uncheckedDocument(
  text: string,
  { located, repeated }: Pick<Extract<JsonText, { readonly kind: "json" }>, "located" | "repeated">,
  value: Readonly<Record<string, unknown>>,
): UncheckedDocument {
  const { Statement: element } = value;
  return {
    text,
    value,
    repeated,
    statements: Array.isArray(element)
      ? element.map((member: unknown, at) => ({ steps: ["Statement", at], value: member }))
      : element === undefined
        ? []
        : [{ steps: ["Statement"], value: element }],
    place: ({ steps, at }) => {
      const originOf = at === "name" ? originOfKey : originOfValue;
      const { line, column, path } = originOf({ file: "", located }, steps);
      return { line, column, path };
    },
  };
}
