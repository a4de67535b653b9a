import type { DocumentContext } from "../../document.ts";
import type { PolicyFinding } from "../../finding.ts";
import type { JsonNode } from "../../../text/json/node.ts";
import { positionsIn } from "../../../text/positions.ts";
import { findAt } from "../../../text/json/find-at.ts";
import { pathText, type PolicyFault, type Steps } from "./fault.ts";

/** Whose document it is, and whether it becomes a managed policy, which takes the language of 2012 alone. */
export interface WrittenContext extends DocumentContext {
  readonly isManaged: boolean;
}

interface WrittenStatement {
  /** From the document to the statement. */
  readonly steps: Steps;
  readonly value: unknown;
}

/** A document as a person wrote it, complete, faults included. */
export interface WrittenDocument {
  readonly text: string;
  readonly root: JsonNode;
  readonly value: Readonly<Record<string, unknown>>;
  readonly statements: readonly WrittenStatement[];
  /** The place of a fault. */
  readonly place: (
    fault: Pick<PolicyFault, "steps" | "at">,
  ) => Pick<PolicyFinding, "line" | "column" | "path">;
}

export function writtenDocument(
  text: string,
  root: JsonNode,
  value: Readonly<Record<string, unknown>>,
): WrittenDocument {
  const places = positionsIn(text);
  const { Statement: element } = value;
  return {
    text,
    root,
    value,
    statements: Array.isArray(element)
      ? element.map((member: unknown, at) => ({ steps: ["Statement", at], value: member }))
      : element === undefined
        ? []
        : [{ steps: ["Statement"], value: element }],
    place: ({ steps, at }) => ({ ...places(findAt(root, steps, at)), path: pathText(steps) }),
  };
}
