import type { Step } from "../story.ts";
import { look } from "./1-look.ts";
import { switchOn } from "./2-switch-on.ts";
import { oneLine } from "./3-one-line.ts";

/** The story, in order; a later step stands on the earlier ones. */
export const STEPS: readonly Step[] = [look, switchOn, oneLine];
