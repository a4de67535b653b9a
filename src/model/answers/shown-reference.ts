import { type ReferenceText, shortStackId, type StackId } from "../aws/reference.ts";

/** A value in AWS that a manifest names, as it was read last and as it was applied. */
export type ShownReference = NamedValue & ReferenceValueState;

interface NamedValue {
  /** What `${…}` contains. */
  readonly text: ReferenceText;
  /** `output TableName of stack orders`. */
  readonly source: string;
}

export type ReferenceValueState =
  /** The value that was read last is the one that was applied, and so is its stack, if it is the output of one. */
  | ({ readonly kind: "pinned" } & ReadValue)
  /** It is not the one that was applied, or it is that of another stack of the same name. */
  | ({ readonly kind: "changed"; readonly pinned: string; readonly pinnedStackId?: StackId } & ReadValue)
  /** None was applied yet. */
  | ({ readonly kind: "new" } & ReadValue)
  /** There is no value that can be used now. What was applied with `pinned` stays; null: none was. */
  | { readonly kind: "unresolved"; readonly reason: string; readonly pinned: string | null };

interface ReadValue {
  readonly value: string;
  /** Of the stack whose output it is. Missing: it is no output, or its stack is not known. */
  readonly stackId?: StackId;
  /** ISO 8601. */
  readonly readAt: string;
}

/** `${stack.orders.TableName} = orders-7F3A`, or why it is not resolved. */
export function referenceText(reference: ShownReference): string {
  const { text } = reference;
  return reference.kind === "unresolved"
    ? `\${${text}} is not resolved: ${reference.reason}`
    : `\${${text}} = ${reference.value}`;
}

/** `output TableName of stack orders, stack ID 7e1c…`. */
export function sourceText(reference: ShownReference): string {
  return `${reference.source}${reference.kind === "unresolved" ? "" : stackText(reference.stackId)}`;
}

function stackText(id: StackId | undefined): string {
  return id === undefined ? "" : `, stack ID ${shortStackId(id)}`;
}

/** Its value in the applied state. */
export function pinnedText(reference: ShownReference): string {
  switch (reference.kind) {
    case "pinned":
      return "applied";
    case "changed":
      return `applied: ${reference.pinned}${stackText(reference.pinnedStackId)}`;
    case "new":
      return "not applied yet";
    case "unresolved":
      return reference.pinned === null ? "nothing was applied" : `still applied: ${reference.pinned}`;
  }
}
