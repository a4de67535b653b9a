import { errorAt, type Cause, type Diagnostic } from "../../model/diagnostic.ts";
import { formatOrigin, type Origin } from "../../model/values/origin.ts";
import { PLATFORM } from "../../model/aws/ids.ts";
import { byTextOf } from "../../text/order.ts";
import { originOfValue } from "../../text/located/located.ts";
import type { InvalidDocument } from "../parse/parsed.ts";
import { mayHoldPlatform, type Paths } from "../folder-owner.ts";
import type { PlacedDocuments } from "./placed-documents.ts";

/**
 * The first file or document of the platform that can't be read: an account that no document declares may be in it. null:
 * there is none.
 */
export function unreadPlatformFile({ brokenFiles, invalid }: PlacedDocuments, paths: Paths): Origin | null {
  const files = [...brokenFiles]
    .filter((path) => mayHoldPlatform(path, paths))
    .map((file): Origin => ({ file, line: 1, column: 1, path: "" }));
  const documents = invalid
    .filter(({ document, namespace }) => namespace === PLATFORM && mayBeAccount(document))
    .map(({ document }) => originOfValue(document, []));
  const [first] = [...files, ...documents].sort(byTextOf(({ file }) => file));
  return first ?? null;
}

/** A document whose name and id are known is that account, and no other one. */
function mayBeAccount({ of, name, accountId }: InvalidDocument): boolean {
  return of === null || (of === "AwsAccount" && (name === null || accountId === null));
}

/** Reported once, at the file, and not for each document that names the account. */
export function lostAccount(name: string, at: Origin, unread: Origin): Diagnostic {
  const message = `account "${name}" is not declared; ${unread.file} can't be read and may declare it`;
  return { ...errorAt(at, "invalid-account", { message, fix: fixOf(unread) }), causedBy: causeOf(unread) };
}

/** Why the keys that were last seen in a file are still its keys. */
export function lostKeys(file: string, unread: Origin): Diagnostic {
  const message = `its accounts are not known; ${unread.file} can't be read and may declare them`;
  const origin = { file, line: 1, column: 1, path: "" };
  return {
    ...errorAt(origin, "invalid-account", { message, fix: fixOf(unread) }),
    causedBy: causeOf(unread),
  };
}

function fixOf(unread: Origin): string {
  return `correct ${formatOrigin(unread)}`;
}

function causeOf(unread: Origin): Cause {
  return { label: `file ${unread.file}`, origin: unread };
}
