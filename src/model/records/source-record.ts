import type { Authors, PendingAuthors } from "../authors.ts";
import type { Key } from "../keys/key.ts";
import type { MergedChange } from "./pull-requests/merged-change.ts";
import type { KnownProfile } from "../rules/guardrail-profile.ts";
import type { Revision } from "../values/revision.ts";
import type { KnownWindow } from "../windows/change-window.ts";
import type { SourcePin } from "../keys/source-pin.ts";
import type { SourceVerified } from "../verification.ts";

export interface SourceRecord {
  readonly source: string;
  readonly acceptedRevision: Revision | null;
  readonly heldRevision: {
    readonly revision: Revision;
    readonly reason: string;
    readonly sinceMs: number;
    /** Records of earlier versions have none, until the next fetch reads them. */
    readonly authors?: Authors;
  } | null;
  /** A rollback, which may have ended; missing: the newest revision is accepted. */
  readonly pin?: SourcePin;
  /** A rollback that has ended while its revision is still in force: the newest one is held, refused or not read. */
  readonly pastPin?: SourcePin;
  /** What the signatures of the accepted revision proved; missing: none was needed. */
  readonly verified?: SourceVerified;
  /** By path: the keys last seen in the file. They stay assigned to it while the file can't be parsed. */
  readonly fileKeys: Readonly<Record<string, readonly Key[]>>;
  /**
   * Paths of the accepted revision that could not be read, with the id of the file's content; null: it is not known.
   * Records of 0.1 have none: which of the files with keys could be read is then unknown.
   */
  readonly unreadFiles?: Readonly<Record<string, string | null>>;
  /** Paths of refused files that were already alerted; records of 0.1 have none. */
  readonly refusedFiles?: readonly string[];
  /**
   * The profiles of the revision, with those that an unreadable document of the platform may still hold; records of 0.1
   * have none.
   */
  readonly profiles?: readonly KnownProfile[];
  /** The same of ChangeWindows; missing: there are none. */
  readonly windows?: readonly KnownWindow[];
  /** Of what the revision and those before it changed; counts until a key is applied. Records of 0.1 have none. */
  readonly authors?: PendingAuthors;
  /**
   * The newest accepted revisions whose pull requests are shown what became of them, oldest first; missing: they were shown
   * nothing when the record was written.
   */
  readonly merged?: readonly MergedChange[];
}
