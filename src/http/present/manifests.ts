import type {
  AccountStatus,
  AwsAccountObject,
  SourcePlace,
  FunctionPermissionObject,
  ManagedPolicyObject,
  OwnerStatus,
  WaiverObject,
} from "../../api/manifests.ts";
import type { ApiObject, ObjectMeta } from "../../api/object.ts";
import type { AccountView } from "../../controller/ports/control.ts";
import type { JsonObject } from "../../model/values/json.ts";
import { sees, seesEverything, seesKey } from "../access/access.ts";
import type { Reader } from "../request/reader.ts";
import { bindingStatus, countBindings } from "./binding-status.ts";
import { suspendedAnnotations, withoutCommands } from "./command-annotations.ts";
import { envelope, isoTime } from "./metadata.ts";
import { withoutKeys } from "./conditions/never-compared.ts";
import { worstConditions } from "./conditions/worst-conditions.ts";
import { byTextOf } from "../../text/order.ts";
import { formatOrigin } from "../../model/values/origin.ts";
import { documentAt, type ObjectRecord } from "../../model/records/object-record.ts";

export function functionPermissions(reader: Reader): Iterable<FunctionPermissionObject> {
  return owners(reader, "FunctionPermission");
}

export function managedPolicies(reader: Reader): Iterable<ManagedPolicyObject> {
  return owners(reader, "ManagedPolicy");
}

type Owner<Kind extends string> = ApiObject<Kind> & {
  readonly spec: JsonObject;
  readonly status: OwnerStatus;
};

function* owners<Kind extends string>(reader: Reader, kind: Kind): Generator<Owner<Kind>, void> {
  for (const record of reader.world.objects) {
    // Those that the token does not see are left out here already: most of a record may be of others.
    if (record.kind === kind && sees(reader.access, record.namespace)) yield owner(reader, record, kind);
  }
}

export function owner<Kind extends string>(reader: Reader, record: ObjectRecord, kind: Kind): Owner<Kind> {
  return {
    ...envelope(kind, recordMetadata(reader, record, record.namespace)),
    spec: reader.world.documentOf(record).spec,
    // Computed when it is read: a list is selected and cut before that.
    get status() {
      return ownerStatus(reader, record);
    },
  };
}

function ownerStatus(reader: Reader, record: ObjectRecord): OwnerStatus {
  const bindings = [...record.keys].sort().map((key) => bindingStatus(reader, key));
  return {
    observedGeneration: record.observedGeneration,
    conditions:
      record.keys.length === 0
        ? withoutKeys(brokenText(reader, record), record.createdAt)
        : worstConditions(bindings),
    bindings,
    source: manifestPlaceOf(record),
  };
}

export function recordMetadata(reader: Reader, record: ObjectRecord, namespace: string | null): ObjectMeta {
  const { world } = reader;
  const { labels, annotations: declared } = world.documentOf(record);
  const annotations = { ...withoutCommands(declared), ...suspendedAnnotations(reader, record.keys) };
  return {
    name: record.name,
    ...(namespace === null ? {} : { namespace }),
    uid: record.uid,
    generation: record.generation,
    resourceVersion: String(record.resourceVersion),
    creationTimestamp: record.createdAt,
    ...(Object.keys(labels).length === 0 ? {} : { labels }),
    ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
  };
}

export function manifestPlaceOf({ file, line }: ObjectRecord): SourcePlace {
  return { file, line };
}

/** The compiler refuses a document of a platform kind in a team's folder: it is no account, no Team and no waiver. */
export function platformRecords(reader: Reader, kind: string): readonly ObjectRecord[] {
  return reader.world.objects.filter((record) => record.kind === kind && record.namespace === "platform");
}

/** The fields of an account that a team needs; the others (vars, identities, budgets) concern other teams and the platform. */
const SHOWN_TO_TEAMS = [
  "id",
  "partition",
  "regions",
  "mode",
  "boundary",
  "boundaries",
  "functionRole",
  "tagKeys",
] as const;

/** Those that manifests declare, in the order of their documents, then those that account sets found, by name. */
export function awsAccounts(reader: Reader): readonly AwsAccountObject[] {
  const views = new Map(reader.world.overview.accounts.map((view) => [view.name, view]));
  return [...declaredAccounts(reader, views), ...foundAccounts(reader)];
}

function declaredAccounts(
  reader: Reader,
  views: ReadonlyMap<string, AccountView>,
): readonly AwsAccountObject[] {
  return platformRecords(reader, "AwsAccount").map((record) => {
    const view = views.get(record.name);
    const metadata = recordMetadata(reader, record, null);
    const { spec } = reader.world.documentOf(record);
    const seesAll = seesEverything(reader.access);
    return {
      ...envelope("AwsAccount", seesAll ? metadata : withoutNotes(metadata)),
      spec: seesAll ? spec : Object.fromEntries(SHOWN_TO_TEAMS.flatMap((field) => memberOf(spec, field))),
      status:
        view === undefined
          ? null
          : {
              ...accountStatus(reader, view),
              source: manifestPlaceOf(record),
              broken: brokenText(reader, record),
            },
    };
  });
}

function brokenText(reader: Reader, record: ObjectRecord): string | null {
  const { objects, overview } = reader.world;
  const error = overview.diagnostics.find(
    ({ severity, origin }) =>
      severity === "error" && origin.file === record.file && documentAt(origin, objects) === record,
  );
  if (error === undefined) return null;
  return seesEverything(reader.access)
    ? `${formatOrigin(error.origin)}: ${error.message}`
    : "its document has an error";
}

/** No document names them, so they have no record: only what is read in AWS. */
function foundAccounts(reader: Reader): readonly AwsAccountObject[] {
  const found = reader.world.overview.accounts.filter(({ declared }) => declared.set !== undefined);
  return found.toSorted(byTextOf(({ name }) => name)).map((view) => {
    const { id, name, partition, regions, mode, origin } = view.declared;
    const { file, line } = origin;
    return {
      ...envelope("AwsAccount", { name }),
      spec: { id, partition, regions, mode },
      status: { ...accountStatus(reader, view), source: { file, line }, broken: null },
    };
  });
}

export function withoutNotes(metadata: ObjectMeta): ObjectMeta {
  const { annotations: _, ...rest } = metadata;
  return rest;
}

function memberOf(spec: JsonObject, field: string): readonly (readonly [string, JsonObject[string]])[] {
  const value = spec[field];
  return value === undefined ? [] : [[field, value]];
}

function requestStatus(
  { access }: Reader,
  { requests }: AccountView,
): Pick<AccountStatus, "throttled" | "deniedCalls"> {
  if (requests === null) return { throttled: null, deniedCalls: null };
  const { throttled, deniedCalls } = requests;
  return {
    throttled: throttled.map(({ region, family, budget, rate }) => ({
      region,
      family,
      budget,
      rate: Math.round(rate * 10) / 10,
    })),
    // The names of roles may be those of other teams.
    deniedCalls: seesEverything(access)
      ? deniedCalls.map(({ call, sinceMs }) => ({ call, since: isoTime(sinceMs) }))
      : [],
  };
}

export function accountStatus(reader: Reader, view: AccountView): AccountStatus {
  const { id, name, mode, passing, comparing, record, unread, declared } = view;
  const failing = record?.failing ?? null;
  const sweepMs = record?.lastSweepMs ?? null;
  return {
    accountId: id,
    name,
    mode,
    passing,
    comparing,
    assigned: view.isAssigned,
    ...requestStatus(reader, view),
    set: declared.set ?? null,
    started: record?.started ?? false,
    lastSweepAt: sweepMs === null ? null : isoTime(sweepMs),
    failing: failing === null ? null : { since: isoTime(failing.sinceMs), reason: failing.reason },
    unread,
    ...functionCounts(reader, record),
    counts: countBindings(reader, reader.world.declaredFor.get(id) ?? []),
  };
}

/** They count the functions of every team. A function without a manifest belongs to no namespace. */
function functionCounts(
  { access }: Reader,
  record: AccountView["record"],
): Pick<AccountStatus, "functionsSeen" | "functionsInGit"> {
  if (record === null || !seesEverything(access)) return { functionsSeen: null, functionsInGit: null };
  return { functionsSeen: record.functionsSeen, functionsInGit: record.functionsInGit };
}

export function waivers(reader: Reader): readonly WaiverObject[] {
  const byName = new Map(reader.world.waivers.map((waiver) => [waiver.name, waiver]));
  return platformRecords(reader, "Waiver").flatMap((record): readonly WaiverObject[] => {
    const binding = byName.get(record.name)?.binding ?? null;
    const visible = binding === null ? seesEverything(reader.access) : seesKey(reader.access, binding);
    if (!visible) return [];
    return [
      {
        ...envelope("Waiver", recordMetadata(reader, record, null)),
        spec: reader.world.documentOf(record).spec,
        status: { binding, source: manifestPlaceOf(record) },
      },
    ];
  });
}
