import type { AttributedDrift } from "../changes/attribution.ts";
import type { RecordedDelta } from "../delta.ts";
import type { DriftRisk, RecordedDriftEnd, RevertedDrift } from "../drift.ts";
import type { Key } from "../keys/key.ts";
import type { Revision } from "../values/revision.ts";

/** A difference between AWS and Git began or ended, or its author became known. */
export type DriftFact =
  | {
      readonly kind: "drift-found";
      readonly key: Key;
      readonly revision: Revision;
      readonly fields: readonly string[];
      /** `+ AdministratorAccess attached to its role`: one line for each difference. Entries of 0.1 have neither this nor the risks. */
      readonly changes: readonly string[];
      readonly risks: readonly DriftRisk[];
      readonly delta: RecordedDelta;
      readonly severity: "security" | "other";
      /** Who made each difference, as far as change events show it. Missing in entries of earlier versions. */
      readonly authors?: readonly AttributedDrift[];
      /** Git declares them for the first time, and AWS has nothing in their place: no one made them in AWS. Missing: it is not known. */
      readonly declaredOnly?: true;
      /**
       * With `declaredOnly`: the revision that the key was compared with before. If it is not the one that `revision` followed, an
       * earlier revision may have declared them. Missing: it is not known.
       */
      readonly comparedBefore?: Revision;
    }
  | (RevertedDrift & {
      readonly kind: "drift-ended";
      readonly key: Key;
      readonly revision: Revision;
      readonly fields: readonly string[];
      /**
       * `reverted`: by Grantkeeper, never by the author of the revision. `account-removed`: its account is no longer declared, so that
       * the drift may still exist.
       */
      readonly how: RecordedDriftEnd;
    })
  /** The events of differences became known after these had ended. */
  | {
      readonly kind: "drift-author-found";
      readonly key: Key;
      readonly fields: readonly string[];
      /** The number of the entry `drift-found` of these differences; null: it is no longer in the record. */
      readonly found: number | null;
      /** ISO 8601: when they were first seen. */
      readonly since: string;
      readonly authors: readonly AttributedDrift[];
    };
