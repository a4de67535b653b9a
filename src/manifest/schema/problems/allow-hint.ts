import { correctionOf, type Mistake } from "../../../model/diagnostic.ts";
import type { ValuePath } from "../../../text/located/value-path.ts";
import { nearestName } from "../../../text/nearest-name.ts";
import { GRANT_ENTRIES } from "../../grants/catalogue.ts";
import type { GrantEntry } from "../../grants/entry.ts";
import { meantHint } from "./unknown-field.ts";

/** How to write an unknown member of `allow` of a grant; null if the place is another one. */
export function allowHint(value: string, path: ValuePath): Omit<Mistake, "message"> | null {
  const entry = entryAt(path);
  if (entry === undefined) return null;
  const [, service = null, name = ""] = /^(?:([a-z0-9-]+):)?(.*)$/s.exec(value) ?? [];
  const verbs = Object.keys(entry.verbs);
  const action = ignoringCase([...(entry.actions?.keys() ?? [])], name);
  const verb = service === null ? ignoringCase(verbs, name) : undefined;
  // `scan` is a verb, and `Scan` an action.
  if (verb !== undefined) return meantText(value, verb, entry);
  if (action !== undefined && (service ?? serviceOf(entry)) === serviceOf(entry))
    return { fix: actionHint(entry, action), ...correctionOf(value, action) };
  const near = isAction(name) ? nearAction(entry, name) : nearestName(name, verbs);
  if (near !== undefined) return meantText(value, near, entry);
  // No correction to accept with a click: the verb allows more than the word may mean.
  if (!isAction(name)) return { fix: meantHint(verbOfWord(entry, name), validText(entry)) };
  const shownAction = `${service ?? serviceOf(entry)}:${name}`;
  return {
    fix: `no verb of ${entry.grant} allows ${shownAction}: write it under spec.statements, as a statement of IAM`,
  };
}

/** `valid values: read, write`, for a member of `allow` of a grant; null if the place is another one. */
export function validVerbs(path: ValuePath): string | null {
  const entry = entryAt(path);
  return entry === undefined ? null : validText(entry);
}

/** The grant whose `allow` has the path. */
function entryAt(path: ValuePath): GrantEntry | undefined {
  return path.at(-2) === "allow" ? GRANT_ENTRIES.find(({ grant }) => grant === path.at(-3)) : undefined;
}

function meantText(value: string, meant: string, entry: GrantEntry): Omit<Mistake, "message"> {
  return { fix: meantHint(meant, validText(entry)), ...correctionOf(value, meant) };
}

function ignoringCase(names: readonly string[], name: string): string | undefined {
  return names.find((one) => one.toLowerCase() === name.toLowerCase());
}

/** `GetItem`, `Get*` or `*`. */
function isAction(name: string): boolean {
  return /^([A-Z]\w+[*?]?|\*)$/.test(name);
}

/** PutItem for PutItems; but not PutObject for PutObjectAcl, which AWS has too. */
function nearAction({ actions }: GrantEntry, name: string): string | undefined {
  const names = [...(actions?.keys() ?? [])];
  return nearestName(
    name,
    names.filter((one) => Math.abs(one.length - name.length) <= 1),
  );
}

/** `get` is the verb of GetItem, and `recieve` that of ReceiveMessage. */
function verbOfWord({ actions }: GrantEntry, word: string): string | undefined {
  const all = [...(actions ?? [])];
  const first = ([name]: readonly [string, unknown]): string => /^[A-Z][a-z]+/.exec(name)?.[0] ?? name;
  const near = nearestName(word, all.map(first));
  const meant =
    all.find(([name]) => word.length >= 3 && name.toLowerCase().startsWith(word)) ??
    all.find((action) => first(action) === near);
  return meant?.[1].verbs[0];
}

function actionHint({ actions }: GrantEntry, action: string): string {
  const verbs = actions?.get(action)?.verbs ?? [];
  return `write ${action} for this action alone, or "${verbs.join('" or "')}", which includes it`;
}

/** The prefix of its actions: for some grants it differs from the name. */
function serviceOf({ grant, actions }: GrantEntry): string {
  const [first] = actions?.values() ?? [];
  return first === undefined ? grant : first.action.slice(0, first.action.indexOf(":"));
}

/** The verbs; and an action, if some verb has several. */
function validText({ verbs, actions }: GrantEntry): string {
  const names = Object.keys(verbs);
  const [first] = actions?.keys() ?? [];
  const others = (actions?.size ?? 0) > names.length ? `, and single actions such as ${String(first)}` : "";
  return `valid values: ${names.join(", ")}${others}`;
}
