import { API_VERSION } from "../../api/group.ts";
import type { CoreEventObject } from "../../api/kubernetes/core.ts";
import { bindingName } from "../../api/names.ts";
import { isUnverifiedEntry, unverifiedFrom } from "../../model/records/record-verification.ts";
import { keyParts, type Key } from "../../model/keys/key.ts";
import { scopeOfEntry } from "../../model/keys/suspended-scope.ts";
import { sha256Hex } from "../../model/values/digest.ts";
import { derivedUid } from "../present/metadata.ts";
import type { SelectableField } from "../request/field-selector.ts";
import type { Entry } from "../present/events.ts";
import type { Reader } from "../request/reader.ts";
import { eventReason, eventText, eventType, isShown, type ShownEntry } from "./event-text.ts";

const NOT_VERIFIED = "(not verified) ";

/** By which events can be selected; kubectl writes them in any order. */
export const EVENT_FIELDS: readonly SelectableField<CoreEventObject>[] = [
  { path: "involvedObject.kind", read: ({ involvedObject }) => involvedObject.kind },
  { path: "involvedObject.name", read: ({ involvedObject }) => involvedObject.name },
  { path: "involvedObject.namespace", read: ({ involvedObject }) => involvedObject.namespace },
  { path: "involvedObject.uid", read: ({ involvedObject }) => involvedObject.uid },
  { path: "involvedObject.apiVersion", read: ({ involvedObject }) => involvedObject.apiVersion },
  { path: "type", read: ({ type }) => type },
  { path: "reason", read: ({ reason }) => reason },
  { path: "metadata.name", read: ({ metadata }) => metadata.name },
  { path: "metadata.namespace", read: ({ metadata }) => metadata.namespace },
];

/**
 * The events of an entry that the selector takes: one for each key, of the document or of the binding. An entry about a
 * key is listed as one of its document, unless the selector asks for the binding.
 */
export function coreEvents(
  reader: Reader,
  entry: Entry,
  selects: (event: CoreEventObject) => boolean,
): readonly CoreEventObject[] {
  return eventCandidates(reader, entry).flatMap((events) => events.find(selects) ?? []);
}

/** For each key of the entry: its event as one of the document, and as one of the binding. */
export function eventCandidates(reader: Reader, entry: Entry): readonly (readonly CoreEventObject[])[] {
  if (!isShown(entry)) return [];
  const keys = keysOf(entry);
  return keys.map((key) => {
    const suffix = keys.length === 1 ? "" : `.${sha256Hex(key).slice(0, 8)}`;
    const name = `${entry.seq}${suffix}`;
    return [documentOf(reader, key), bindingOf(key)].map((involvedObject) =>
      eventOf(reader, { entry, name, involvedObject }),
    );
  });
}

function keysOf(entry: ShownEntry): readonly Key[] {
  if ("covers" in entry) return (entry.covers ?? []).map(({ key }) => key);
  if ("key" in entry) return [entry.key];
  const key = scopeOfEntry(entry)?.key ?? null;
  return key === null ? [] : [key];
}

type InvolvedObject = CoreEventObject["involvedObject"];

/** Of a key that left Git the document had this name, and its uid is not known any more. */
function documentOf({ world }: Reader, key: Key): InvolvedObject {
  const { kind, namespace, name } = keyParts(key);
  const record = world.objectOf.get(key);
  return {
    apiVersion: API_VERSION,
    kind: kind === "function" ? "FunctionPermission" : "ManagedPolicy",
    namespace,
    name: record?.name ?? name,
    uid: record?.uid ?? "",
  };
}

function bindingOf(key: Key): InvolvedObject {
  const { namespace } = keyParts(key);
  const name = bindingName(key);
  return {
    apiVersion: API_VERSION,
    kind: "Binding",
    namespace,
    name,
    uid: derivedUid("Binding", namespace, name),
  };
}

interface EventParts {
  readonly entry: ShownEntry;
  readonly name: string;
  readonly involvedObject: InvolvedObject;
}

function eventOf({ scrub, world }: Reader, { entry, name, involvedObject }: EventParts): CoreEventObject {
  const { namespace } = involvedObject;
  const from = unverifiedFrom(world.overview.verification);
  const isUnverified = isUnverifiedEntry(entry.seq, from);
  return {
    apiVersion: "v1",
    kind: "Event",
    metadata: {
      name,
      namespace,
      uid: derivedUid("Event", namespace, name),
      resourceVersion: String(entry.seq),
      creationTimestamp: entry.at,
    },
    involvedObject,
    type: eventType(entry),
    reason: eventReason(entry),
    message: `${isUnverified ? NOT_VERIFIED : ""}${scrub(eventText(entry))}`,
    firstTimestamp: entry.at,
    lastTimestamp: entry.at,
    count: 1,
    source: { component: "grantkeeper" },
    reportingComponent: "grantkeeper",
    reportingInstance: "",
  };
}
