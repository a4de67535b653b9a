import type { AttributedDrift } from "../../model/changes/attribution.ts";
import { driftFingerprint, type Drift } from "../../model/drift.ts";
import type { OpenDrift } from "../../model/keys/key-record.ts";
import { driftLine } from "../../plan/render/drift-line.ts";

/** Changes from Git and of AWS have no author here. */
export function attributedDrifts(
  drifts: readonly Drift[],
  openDrifts: Readonly<Record<string, OpenDrift>>,
): readonly AttributedDrift[] {
  const outOfBand = drifts.filter(({ cause }) => cause === "out-of-band" || cause === "initial");
  return outOfBand.flatMap((drift): readonly AttributedDrift[] => {
    const attribution = openDrifts[driftFingerprint(drift)]?.attribution;
    return attribution === undefined ? [] : [{ difference: driftLine(drift), attribution }];
  });
}
