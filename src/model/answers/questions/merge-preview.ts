import type { Namespace } from "../../aws/ids.ts";
import type { Key } from "../../keys/key.ts";
import type { Mode } from "../../rules/mode.ts";
import type { Revision } from "../../values/revision.ts";
import type { KeyView } from "../key-view.ts";

/** A file of a source with another content than in the revision in force. */
export interface ChangedFile {
  /** In the repository of the source. */
  readonly path: string;
  /** null: the file is removed. */
  readonly text: string | null;
}

/** What would Grantkeeper do if these files were merged into what is in force? */
export interface MergeRequest {
  /** Of a source that holds one namespace; null: the platform source. */
  readonly namespace: Namespace | null;
  readonly files: readonly ChangedFile[];
}

/** Judged with the last read of AWS; no call is made. */
export interface MergePreview {
  /** Of the source, in force: the files are applied on top of it. */
  readonly revision: Revision;
  /** Keeps the revision in force; missing: there is no rollback of the source. */
  readonly rolledBack?: RollbackInForce;
  /** Of the platform source, while the files are of the source of a namespace; missing: there is none. */
  readonly platformRolledBack?: RollbackInForce;
  /** Of the keys whose meaning the files change and that the asker sees, by key. */
  readonly keys: readonly PreviewedKey[];
  /** What else the merge changes, and this does not show: one sentence each. */
  readonly beyond: readonly string[];
}

export interface RollbackInForce {
  readonly revision: Revision;
  /** ISO 8601, unless it is ended before. */
  readonly until: string;
  readonly by: string;
  readonly reason: string;
}

export interface PreviewedKey {
  readonly key: Key;
  /** `prod/eu-west-1` */
  readonly target: string;
  readonly mode: Mode;
  /** Why it is suspended; null: it is not. */
  readonly suspended: string | null;
  /** As a pass would find it; a sentence if it could not be judged. Its drifts are those that people or other tools made. */
  readonly found: KeyView | string;
}
