import type { ReactNode } from "react";
import type { OverviewObject } from "../../../api/overview.ts";
import { revertedText } from "../../../wording/reverted-text.ts";
import { addressPath } from "../../view/address.ts";
import { Link } from "../../parts/basics.tsx";

/** The sentence of `grantkeeper status`; nothing if nothing was reverted, which the record alone shows. */
export function Reverted({ overview }: { readonly overview: OverviewObject }): ReactNode {
  const { reverts } = overview.status;
  if (reverts.length === 0) return null;
  return (
    <p className="quiet-text">
      {revertedText(reverts)}. <Link to={`${addressPath("history")}?kind=drift`}>See who changed what</Link>
    </p>
  );
}
