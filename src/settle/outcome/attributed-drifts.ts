import type { AttributedDrift, Attribution } from "../../model/changes/attribution.ts";
import { driftFingerprint, type Drift } from "../../model/drift.ts";
import type { OpenDrift } from "../../model/keys/key-record.ts";
import { driftLine } from "../../plan/render/drift-line.ts";

/**
 * Changes from Git and of AWS have no author here.
 * @param unrecorded of differences whose record has no author; missing: they are left out. Of the cause
 * `initial`, Git may have made them, so that their missing author is no fact
 */
export function attributedDrifts(
  drifts: readonly Drift[],
  openDrifts: Readonly<Record<string, OpenDrift>>,
  unrecorded?: Attribution,
): readonly AttributedDrift[] {
  const ofAws = drifts.filter(({ cause }) => cause === "out-of-band" || cause === "initial");
  return ofAws.flatMap((drift): readonly AttributedDrift[] => {
    const recorded = openDrifts[driftFingerprint(drift)]?.attribution;
    const attribution = recorded ?? (drift.cause === "initial" ? undefined : unrecorded);
    return attribution === undefined ? [] : [{ difference: driftLine(drift), attribution }];
  });
}
