import type { ReactNode } from "react";
import type { HoldSummary } from "../../api/overview.ts";
import { State, type StateTone } from "./basics.tsx";

const TONES: Readonly<Record<NonNullable<HoldSummary["risk"]>, StateTone>> = {
  high: "bad",
  medium: "warn",
  low: "plain",
};

export function Risk({ risk }: { readonly risk: HoldSummary["risk"] }): ReactNode {
  return risk === null ? <State tone="quiet">unknown</State> : <State tone={TONES[risk]}>{risk}</State>;
}
