import type { JsonObject } from "../src/model/values/json.ts";
import type { Stage } from "./stage.ts";

/** A promise of a step, checked in the simulator or the record afterwards. */
interface Check {
  readonly claim: string;
  readonly holds: boolean;
}

export interface Played {
  /** The text for people; it contains only observed facts. */
  readonly lines: readonly string[];
  readonly facts: JsonObject;
  readonly checks: readonly Check[];
}

export interface Step {
  readonly title: string;
  /** The trigger of the step, shown next to the title. */
  readonly by: string | null;
  readonly play: (stage: Stage) => Promise<Played>;
}

/** The result of a step. */
export interface StepReport {
  readonly number: number;
  readonly title: string;
  readonly happened: boolean;
  readonly lines: readonly string[];
  readonly facts: JsonObject;
  readonly checks: readonly Check[];
  readonly durationMs: number;
}

/** Plays one step; a failure is reported, not thrown. */
export async function playStep(step: Step, number: number, stage: Stage): Promise<StepReport> {
  const beganMs = performance.now();
  const report = (played: Played): StepReport => ({
    number,
    title: step.title,
    happened: played.checks.every((check) => check.holds),
    ...played,
    durationMs: Math.round(performance.now() - beganMs),
  });
  try {
    return report(await step.play(stage));
  } catch (error) {
    if (stage.signal.aborted) throw error;
    const claim = error instanceof Error ? error.message : String(error);
    return report({ lines: [], facts: {}, checks: [{ claim, holds: false }] });
  }
}
