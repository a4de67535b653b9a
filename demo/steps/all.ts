import type { Step } from "../story.ts";
import { look } from "./1-look.ts";
import { switchOn } from "./2-switch-on.ts";
import { oneLine } from "./3-one-line.ts";
import { escalation } from "./4-escalation.ts";
import { byHand } from "./5-by-hand.ts";
import { brokenFile } from "./6-broken-file.ts";
import { emptied } from "./7-emptied.ts";
import { record } from "./8-record.ts";

/** The steps in order; later steps depend on earlier ones. */
export const STEPS: readonly Step[] = [
  look,
  switchOn,
  oneLine,
  escalation,
  byHand,
  brokenFile,
  emptied,
  record,
];
