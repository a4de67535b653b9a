import type { BindingSummary } from "./binding-summary.ts";
import type { BindingObject, PlanObject } from "../bindings.ts";
import type { PermissionsObject } from "../permissions.ts";

/**
 * The files of an exported site, which `grantkeeper export site` writes and the page reads: `data/NAME.js` calls SITE_CALL with its
 * name and its value as JSON. A script is the only file that a page on disk may read.
 */
export const SITE_CALL = "grantkeeperSite";

/** Files with other forms have another number: a page reads only its own. */
export const SITE_FORMAT = 2;

/** The file that names all others. */
export const SITE_INDEX = "index";

/** Where the index has the timeline of a range: of all that the export has. */
export function timelinePath(range: string): string {
  return `/timeline/${range}`;
}

/** A file with a part of a long list. */
export interface SitePart {
  readonly file: string;
  readonly count: number;
}

/** Sorted as lists of the API: by namespace, then by name. */
export interface FunctionPart extends SitePart {
  readonly first: { readonly namespace: string; readonly name: string };
}

/** Newest first, as the parts are. `newest`, `oldest`: numbers of entries. */
export interface HistoryPart extends SitePart {
  readonly newest: number;
  readonly oldest: number;
  /** The kinds of its entries, sorted. */
  readonly kinds: readonly string[];
}

/** A binding in the list of functions. */
export interface SiteRow {
  readonly namespace: string;
  readonly name: string;
  readonly summary: BindingSummary;
  /** Of the manifest; missing: it has none. */
  readonly labels?: Readonly<Record<string, string>>;
}

/** All that is exported about one binding. */
export interface SiteFunction {
  readonly binding: BindingObject;
  /** null: they were not there when the permissions were read. */
  readonly permissions: PermissionsObject | null;
  /** The files of the history that have entries about it, newest first. */
  readonly history: readonly string[];
  /** Only the newest of these files are listed: each older one may have entries about it. */
  readonly isHistoryCut: boolean;
}

export type SiteRules = readonly PlanObject[];

/** Whether everything in the export is of one version of the controller's record. */
export type SiteUnity =
  | { readonly kind: "one-version" }
  /** Something changed during each attempt: parts of it are of different times. */
  | { readonly kind: "changed"; readonly what: readonly string[] };

/** The record's evidence in the export. */
export type SiteEvidence =
  /** `evidence/audit.jsonl` has every entry from `first` to `last`. */
  | {
      readonly kind: "chain";
      readonly first: number;
      readonly last: number;
      /** The hash of entry `last`. */
      readonly head: string;
      /** The newest signature among them; null: there is none. */
      readonly checkpoint: { readonly upTo: number; readonly at: string; readonly keyId: string } | null;
      /** What does not fit together; null: nothing was found. */
      readonly broken: string | null;
    }
  /** Some entries are not visible to these namespaces: a selection is no chain. */
  | { readonly kind: "selection"; readonly first: number | null; readonly last: number | null }
  | { readonly kind: "no-entries" };

/** `data/index.js`: what the export has, and of when. */
export interface SiteIndex {
  readonly format: typeof SITE_FORMAT;
  /** Of the controller. */
  readonly version: string;
  readonly instance: string;
  /** ISO 8601: the newest time that the exported state has. Every age is of this moment. */
  readonly asOf: string;
  /** ISO 8601: the oldest reading of a function; null: none was read. */
  readonly oldestReadAt: string | null;
  readonly revision: string | null;
  /** null: all. */
  readonly namespaces: readonly string[] | null;
  readonly unity: SiteUnity;
  readonly evidence: SiteEvidence;
  /** ISO 8601: entries before are not exported; null: all are. */
  readonly since: string | null;
  /** By path of the API: the file with its answer. */
  readonly answers: readonly { readonly path: string; readonly file: string }[];
  readonly drifts: readonly { readonly namespace: string; readonly file: string }[];
  readonly rows: readonly SitePart[];
  /** The bindings of functions and of policies. */
  readonly functions: readonly FunctionPart[];
  /** How many of these are of policies. */
  readonly policies: number;
  readonly rules: readonly SitePart[];
  readonly history: readonly HistoryPart[];
  readonly unread: { readonly functions: number; readonly accounts: readonly string[] };
}
