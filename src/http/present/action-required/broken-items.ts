import type { ActionItem } from "../../../api/action-required.ts";
import {
  mergedDiagnostics,
  mergedMessage,
  UNREAD_SOURCE,
  type Cause,
  type Diagnostic,
} from "../../../model/diagnostic.ts";
import { keyParts, type Key } from "../../../model/keys/key.ts";
import { remainsTextOf } from "../../../model/keys/last-applied.ts";
import { pathsAbove } from "../../../model/keys/paths.ts";
import { documentAt, type ObjectRecord } from "../../../model/records/object-record.ts";
import { formatOrigin, type Origin } from "../../../model/values/origin.ts";
import { counted } from "../../../text/phrases.ts";
import { sees } from "../../access/access.ts";
import type { Reader } from "../../request/reader.ts";
import { conditionOf, hasReason, type KeyFacts } from "./context.ts";

/** A binding that cannot be compiled because of the document of another. */
interface Affected {
  readonly key: Key;
  readonly cause: Cause;
}

/**
 * One item for each document that is not valid, or for each file in which no document is recognised. A document that
 * only another document breaks, such as that of its account, is counted there.
 */
export function brokenItems(
  reader: Reader,
  diagnostics: readonly Diagnostic[],
  keys: readonly KeyFacts[],
): readonly ActionItem[] {
  const { world } = reader;
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  // A source that is not read has an item of its own, and no document to correct.
  const inDocuments = errors.filter(({ code }) => code !== UNREAD_SOURCE);
  const byDocument = Map.groupBy(inDocuments, ({ origin }) => documentName(origin, world.objects));
  const byCause = Map.groupBy(affectedKeys(reader), ({ cause }) => documentName(cause.origin, world.objects));
  const causes = [...byCause].map(([document, affected]) =>
    causeItem(reader, document, { affected, errors: byDocument.get(document) ?? [] }),
  );
  const named = [...byDocument].flatMap(([target, group]) =>
    byCause.has(target) ? [] : [documentItem(reader, target, { group, keys })],
  );
  const covered = new Set(errors.map(({ origin }) => origin.file));
  const isCovered = ({ key }: KeyFacts): boolean => {
    const broken = world.overview.brokenKeys.get(key);
    const files = [world.objectOf.get(key)?.file ?? "", broken?.file ?? ""];
    return (broken?.causedBy.length ?? 0) > 0 || files.flatMap(pathsAbove).some((path) => covered.has(path));
  };
  return [...causes, ...named, ...keys.filter((facts) => !isCovered(facts)).flatMap(brokenItem)];
}

/** Also those that had no pass: an account that was never valid has none. */
function affectedKeys({ world, access }: Reader): readonly Affected[] {
  return [...world.overview.brokenKeys].flatMap(([key, { causedBy }]) =>
    sees(access, keyParts(key).namespace) ? causedBy.map((cause) => ({ key, cause })) : [],
  );
}

/** The document is of the platform: a token of a team may see its bindings and not its errors. */
function causeItem(
  { world }: Reader,
  document: string,
  { affected, errors }: { readonly affected: readonly Affected[]; readonly errors: readonly Diagnostic[] },
): ActionItem {
  const keys = [...new Set(affected.map(({ key }) => key))].sort();
  const statuses = keys.map((key) => world.records.get(key)?.status ?? null);
  const applied = statuses.map((status) => status?.lastAppliedRevision ?? null);
  const labels = new Set(affected.map(({ cause }) => cause.label));
  const [label = document] = labels;
  const place = affected[0] === undefined ? document : formatOrigin(affected[0].cause.origin);
  return {
    kind: "broken",
    keys: keys.filter((_, at) => applied[at] !== null),
    target: labels.size === 1 ? label : document,
    message: `${counted(keys.length, "binding")} affected; ${remainsTextOf(applied)}`,
    details: errors.length === 0 ? [`${place}: the document has an error`] : errorTexts(errors),
    hint: errors[0]?.fix ?? `correct ${place}`,
    security: false,
    since: null,
  };
}

function documentItem(
  { world }: Reader,
  target: string,
  { group, keys }: { readonly group: readonly Diagnostic[]; readonly keys: readonly KeyFacts[] },
): ActionItem {
  const file = group[0]?.origin.file ?? "";
  const own = keys.filter(({ key }) => isOf(world.objectOf.get(key), target, file));
  return {
    kind: "broken",
    keys: own.filter(({ status }) => status.lastAppliedRevision !== null).map(({ key }) => key),
    target,
    message: remainsTextOf(own.map(({ status }) => status.lastAppliedRevision)),
    details: errorTexts(group),
    hint: group[0]?.fix ?? "grantkeeper validate",
    security: false,
    since: null,
  };
}

/** A binding that is invalid although no diagnostic that the token sees explains it. */
function brokenItem(facts: KeyFacts): readonly ActionItem[] {
  const ready = conditionOf(facts, "Ready");
  const isBroken = hasReason(facts, "ValidationFailed") || hasReason(facts, "ReferenceNotResolved");
  if (ready === undefined || !isBroken || facts.isUncompared) return [];
  return [
    {
      kind: "broken",
      keys: [facts.key],
      target: facts.target,
      message: remainsTextOf([facts.status.lastAppliedRevision]),
      details: [ready.message],
      hint: "grantkeeper validate",
      security: false,
      since: ready.lastTransitionTime,
    },
  ];
}

const SHOWN = 1;

function errorTexts(group: readonly Diagnostic[]): readonly string[] {
  const texts = mergedDiagnostics(group).map(
    (merged) => `${formatOrigin(merged.lead.origin)}: ${mergedMessage(merged)}`,
  );
  const more = texts.length - SHOWN;
  return more <= 0 ? texts : [`${texts[0] ?? ""} (and ${more} more)`];
}

/** `search/index`: the document around the place; the file if there is none. */
function documentName(origin: Origin, objects: readonly ObjectRecord[]): string {
  const around = documentAt(origin, objects);
  return around === undefined ? origin.file : `${around.namespace}/${around.name}`;
}

function isOf(object: ObjectRecord | undefined, target: string, file: string): boolean {
  if (object === undefined) return false;
  return target === file ? object.file === file : `${object.namespace}/${object.name}` === target;
}
