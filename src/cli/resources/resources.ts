import type { ApiObject } from "../../api/object.ts";
import { listing, type Listing } from "./listing.ts";
import {
  accountSetColumns,
  SOURCE_LOCATION,
  sourceColumns,
  ALERT_PROBLEM,
  alertColumns,
} from "./installation-tables.ts";
import { CHANGE_WINDOW_NOTES, changeWindowColumns, windowOfNamespace } from "./change-windows.ts";
import { COVERAGE_NOTES, coverageColumns } from "./coverage.ts";
import { HOLD_REASON, holdColumns } from "./holds.ts";
import {
  accountColumns,
  BINDING_REASON,
  bindingColumns,
  DRIFT_DIFFERENCE,
  driftColumns,
  functionColumns,
  ORPHAN_REASON,
  orphanColumns,
  ownerColumns,
  suspensionColumns,
  teamColumns,
  waiverColumns,
} from "./resource-tables.ts";
import { REPLICA_PROBLEM, replicaColumns } from "./replicas.ts";
import { waveColumns, waveMessage } from "./waves.ts";
import { addressOf, keyParts, targetText } from "../../model/keys/key.ts";
import { prefixOf } from "../../model/keys/source-prefix.ts";
import type { WaiverObject } from "../../api/manifests.ts";

const ownerName = ({ metadata }: ApiObject<string>): string => `${metadata.namespace ?? ""}/${metadata.name}`;

export const LISTINGS: readonly Listing[] = [
  listing("functionpermissions", {
    names: ["fp", "functionpermissions", "functionpermission"],
    what: "FunctionPermissions with the worst of their bindings",
    nothing: "No FunctionPermissions found",
    columns: ownerColumns,
    keys: ({ status }) => status.bindings.map(({ key }) => key),
    name: ownerName,
  }),
  listing("bindings", {
    names: ["bindings", "binding"],
    what: "functions and ManagedPolicies by account and region",
    columns: bindingColumns,
    message: BINDING_REASON,
    keys: ({ spec }) => [spec.key],
    name: ({ status }) => targetText(status),
  }),
  listing("awsaccounts", {
    names: ["accounts", "account", "awsaccounts"],
    what: "AWS accounts",
    columns: accountColumns,
  }),
  listing("accountsets", {
    names: ["accountsets", "accountset"],
    what: "AccountSets: the accounts that each adds, and whether its organization is read",
    columns: accountSetColumns,
  }),
  listing("managedpolicies", {
    names: ["policies", "policy", "managedpolicies"],
    what: "ManagedPolicies",
    columns: ownerColumns,
    keys: ({ status }) => status.bindings.map(({ key }) => key),
    name: ownerName,
  }),
  listing("teams", {
    names: ["teams", "team"],
    what: "Teams: what each namespace may do, and what is refused",
    columns: teamColumns,
    namespaces: ({ metadata }) => [metadata.name],
  }),
  listing("functions", {
    isOfPasses: true,
    names: ["functions", "function"],
    what: "functions, and whether they run on the declared role",
    columns: functionColumns,
    keys: ({ status }) => [status.key],
    name: ({ status }, { accounts }) => targetText(addressOf(status.key, accounts)),
  }),
  listing("coverages", {
    isOfPasses: true,
    names: ["coverage", "coverages"],
    what: "how many functions in AWS have a manifest, by account and namespace",
    columns: coverageColumns,
    message: COVERAGE_NOTES,
    account: ({ status }) => status.account,
  }),
  listing("drifts", {
    isOfPasses: true,
    names: ["drift", "drifts"],
    what: "differences between Git and AWS",
    columns: driftColumns,
    message: DRIFT_DIFFERENCE,
    isNamedByMessage: true,
    keys: ({ status }) => [status.key],
    name: ({ status }, { accounts }) => targetText(addressOf(status.key, accounts)),
  }),
  listing("orphans", {
    isOfPasses: true,
    names: ["orphans", "orphan"],
    what: "roles, policies and kept statements of Grantkeeper that no manifest names",
    columns: orphanColumns,
    message: ORPHAN_REASON,
    account: ({ status }) => status.account,
    keys: ({ status }) => (status.key === null ? [] : [status.key]),
  }),
  listing("holds", {
    isOfPasses: true,
    names: ["approvals", "approval", "holds", "hold"],
    what: "pending approvals",
    nothing: "No pending approvals found",
    columns: holdColumns,
    message: HOLD_REASON,
    account: ({ status }) => status.account,
    keys: ({ status }) => status.keys,
    sourceNamespace: ({ status }) => prefixOf(status.subject),
    shown: ({ status }, all) => all || (status.rejected === null && status.code !== "wave-member"),
  }),
  listing("changewindows", {
    isOfPasses: true,
    names: ["changewindows", "changewindow", "windows"],
    what: "change windows: open or closed, until when, and which changes wait",
    nothing: "No change windows found: changes from Git are written at any time",
    columns: changeWindowColumns,
    namespaces: ({ spec }) => spec.namespaces,
    partOf: windowOfNamespace,
    message: CHANGE_WINDOW_NOTES,
    keys: ({ status }) => status.waiting.flatMap(({ keys }) => keys),
  }),
  listing("waves", {
    isOfPasses: true,
    names: ["waves", "wave"],
    what: "how the functions of each namespace move to their declared roles",
    columns: waveColumns,
    message: waveMessage,
    keys: ({ status }) => [...status.functions.map(({ key }) => key), ...status.later],
  }),
  listing("suspensions", {
    names: ["suspensions", "suspension"],
    what: "targets to which nothing is written for a while",
    columns: suspensionColumns,
    keys: ({ spec }) => (spec.scope.key === null ? [] : [spec.scope.key]),
  }),
  listing("alertroutes", {
    names: ["alerts", "alert", "alertroutes"],
    nothing: "No alert routes found",
    what: "alert routes: what was delivered, what waits, and why",
    columns: alertColumns,
    message: ALERT_PROBLEM,
  }),
  listing("sources", {
    names: ["sources", "source"],
    what: "sources: repository, ref, revision, and what reports pushes",
    columns: sourceColumns,
    message: SOURCE_LOCATION,
  }),
  listing("replicas", {
    names: ["replicas", "replica"],
    what: "replicas: which process is active, which ones are standbys, which ones are lost",
    nothing:
      "No replicas found: the record is in a file, with one process only, or this token does not see replicas",
    columns: replicaColumns,
    message: REPLICA_PROBLEM,
  }),
  listing("waivers", {
    names: ["waivers", "waiver"],
    what: "rules that are lifted for a binding",
    columns: waiverColumns,
    namespaces: waiverNamespaces,
    keys: ({ status }) => (status.binding === null ? [] : [status.binding]),
  }),
];

/** Of a binding that no manifest declares, the namespace that the waiver names. */
function waiverNamespaces({ spec, status: { binding } }: WaiverObject): readonly string[] {
  if (binding !== null) return [keyParts(binding).namespace];
  const named = spec["binding"];
  return typeof named === "string" ? named.split("/").slice(0, 1) : [];
}

/** Each listing's first name, for help and for typing errors. */
export const LISTING_NAMES: readonly string[] = LISTINGS.flatMap(({ names }) => names.slice(0, 1));
