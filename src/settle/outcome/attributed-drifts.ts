import type { AttributedDrift, Attribution } from "../../model/changes/attribution.ts";
import { driftFingerprint, type Drift } from "../../model/drift.ts";
import type { OpenDrift } from "../../model/keys/key-record.ts";
import { driftLine } from "../../plan/render/drift-line.ts";

/**
 * Changes from Git and of AWS have no author here.
 * @param unrecorded of differences whose record has no author; missing: they are left out
 */
export function attributedDrifts(
  drifts: readonly Drift[],
  openDrifts: Readonly<Record<string, OpenDrift>>,
  unrecorded?: Attribution,
): readonly AttributedDrift[] {
  const outOfBand = drifts.filter(({ cause }) => cause === "out-of-band" || cause === "initial");
  return outOfBand.flatMap((drift): readonly AttributedDrift[] => {
    const attribution = openDrifts[driftFingerprint(drift)]?.attribution ?? unrecorded;
    return attribution === undefined ? [] : [{ difference: driftLine(drift), attribution }];
  });
}
