import { parseKey, type Key } from "../../model/keys/key.ts";

/**
 * The key of a binding by the name of its object, `NAME.ACCOUNTID.REGION` or for a ManagedPolicy `NAME.ACCOUNTID`; undefined
 * for another text.
 */
export function keyOfObject(namespace: string, objectName: string): Key | undefined {
  const parts = objectName.split(".");
  const last = parts.at(-1) ?? "";
  if (/^\d{12}$/.test(last)) return parseKey(`policy/${last}/${namespace}/${parts.slice(0, -1).join(".")}`);
  const accountId = parts.at(-2) ?? "";
  return parseKey(`function/${accountId}/${last}/${namespace}/${parts.slice(0, -2).join(".")}`);
}

/** The name of the object of a pending approval: the hex digits of its digest, or of its revision. */
export function holdNameOf(subject: string): string {
  return subject.slice(subject.lastIndexOf(":") + 1);
}
