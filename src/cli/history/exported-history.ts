import type { AuditEvent } from "../../api/events.ts";
import { concerns, concernsNamespace } from "../../audit/concerns.ts";
import { isSelected, type EntryFilter } from "../../model/entries/entry-filter.ts";
import type { AuditEntry } from "../../audit/entry.ts";
import { keyParts, type Key, type NamedKey } from "../../model/keys/key.ts";
import { fileEntries, withReadableTwice } from "./export-file.ts";
import { NewestRows } from "./newest-rows.ts";
import { printNote } from "../screen/print.ts";
import type { History } from "./read-history.ts";
import { meant, noSuchTarget } from "../toolbox/target.ts";
import type { Toolbox } from "../toolbox/toolbox.ts";

interface ExportRequest {
  readonly file: string;
  readonly target: string | null;
  readonly namespace: string | null;
  readonly limit: number;
  readonly filter: EntryFilter;
}

/**
 * The newest lines of an export that the target means. Account names are those that the record itself has. Of the
 * entries only those of the lines are kept: for a target the file is read twice, first for what it can mean.
 */
export async function exportedHistory(request: ExportRequest, toolbox: Toolbox): Promise<History> {
  const { file, target, namespace } = request;
  const history =
    target === null
      ? await shownHistory({ ...request, name: file }, isOfNamespace(namespace), toolbox)
      : await withReadableTwice(file, toolbox, async (readable) => {
          const keys = await meantKeys({ file: readable, name: file, target, namespace }, toolbox);
          return shownHistory({ ...request, file: readable, name: file }, isOfKeys(keys), toolbox);
        });
  await printNote(
    `read from ${file}; to prove that it is unchanged, run grantkeeper audit verify ${file}`,
    toolbox,
  );
  return history;
}

/** An export, and what it is called in errors. */
interface NamedFile {
  readonly file: string;
  readonly name: string;
}

/** Whether an entry is shown; asked for each in the order of the record. */
type IsEntryShown = (entry: AuditEntry) => boolean;

async function shownHistory(
  { file, name, limit, filter }: NamedFile & Pick<ExportRequest, "limit" | "filter">,
  isShown: IsEntryShown,
  toolbox: Toolbox,
): Promise<History> {
  const accounts = new Map<string, string>();
  const newest = new NewestRows(limit);
  for await (const entry of fileEntries(file, toolbox, name)) {
    if (entry.kind === "control-ran") accounts.set(entry.accountId, entry.account);
    // Entries are plain data: their hash is over their JSON.
    if (isShown(entry) && isSelected(entry, filter)) newest.add(entry as unknown as AuditEvent);
  }
  const context = { accounts, nowMs: toolbox.clock.nowMs() };
  return { rows: newest.rows(context), context, unverifiedFrom: null, declaredBy: null };
}

/** @throws CliError when the target is nothing that the record names */
async function meantKeys(
  {
    file,
    name,
    target,
    namespace,
  }: NamedFile & { readonly target: string; readonly namespace: string | null },
  toolbox: Toolbox,
): Promise<readonly Key[]> {
  const keys = new Set<Key>();
  const accounts = new Map<string, string>();
  for await (const entry of fileEntries(file, toolbox, name)) {
    if ("key" in entry) keys.add(entry.key);
    if (entry.kind === "control-ran") accounts.set(entry.accountId, entry.account);
  }
  const all = [...keys].sort().map((key): NamedKey => ({ key, account: accountOf(key, accounts) }));
  const found = meant(target, all, namespace);
  // The controller may know others, or be gone.
  const listed = `grantkeeper history --export ${name} shows the names in it`;
  if (found.length === 0) throw noSuchTarget(target, all, { namespace, listed });
  return found.map(({ key }) => key);
}

function accountOf(key: Key, accounts: ReadonlyMap<string, string>): string {
  const { accountId } = keyParts(key);
  return accounts.get(accountId) ?? accountId;
}

/** Entries about any of the keys. */
function isOfKeys(wanted: readonly Key[]): IsEntryShown {
  const held = new Map(wanted.map((key) => [key, new Set<string>()]));
  return (entry) => {
    if (!("key" in entry)) return [...held].some(([key, subjects]) => concerns(entry, key, subjects));
    const subjects = held.get(entry.key);
    if (entry.kind === "plan-held") subjects?.add(entry.subject);
    return subjects !== undefined;
  };
}

/** Entries about a namespace, or all. */
function isOfNamespace(namespace: string | null): IsEntryShown {
  const subjects = new Set<string>();
  return (entry) => {
    if (namespace === null) return true;
    const isShown = concernsNamespace(entry, namespace, subjects);
    if (isShown && entry.kind === "plan-held") subjects.add(entry.subject);
    return isShown;
  };
}
