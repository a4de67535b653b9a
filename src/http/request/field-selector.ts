import { beginningOf } from "../../text/cut.ts";
import type { ObjectMeta } from "../../api/object.ts";
import { ApiFailure } from "./failure.ts";

/** A field by which objects can be selected. */
export interface SelectableField<Item> {
  /** `metadata.name` */
  readonly path: string;
  // A method, so that the fields of one kind are fields of a list of any kind.
  read(item: Item): string;
}

export const METADATA_FIELDS: readonly SelectableField<{ readonly metadata: ObjectMeta }>[] = [
  { path: "metadata.name", read: ({ metadata }) => metadata.name },
  { path: "metadata.namespace", read: ({ metadata }) => metadata.namespace ?? "" },
];

/**
 * Whether an object meets Kubernetes' field selector: `a=b`, `a==b`, `a!=b`, joined by commas, in any order.
 * @throws ApiFailure BadRequest for another form, or a field by which the objects cannot be selected
 */
export function fieldSelector<Item>(
  text: string | undefined,
  fields: readonly SelectableField<Item>[],
): (item: Item) => boolean {
  if (text === undefined || text === "") return () => true;
  const requirements = text.split(",").map((part) => requirementOf(part.trim(), fields));
  return (item) => requirements.every((holds) => holds(item));
}

function requirementOf<Item>(
  part: string,
  fields: readonly SelectableField<Item>[],
): (item: Item) => boolean {
  const [, path, operator, value] = /^([\w.]+)(==|=|!=)([^=!]*)$/.exec(part) ?? [];
  const field = fields.find((one) => one.path === path);
  if (field === undefined) {
    const known = fields.map((one) => one.path).join(", ");
    const message = `fieldSelector: "${beginningOf(part, 100)}" is not possible; expected ${known} with = or !=`;
    throw new ApiFailure("BadRequest", message);
  }
  return (item) => (field.read(item) === value) === (operator !== "!=");
}
