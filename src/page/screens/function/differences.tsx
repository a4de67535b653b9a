import { useState, type ReactNode } from "react";
import type { DriftObject } from "../../../api/bindings.ts";
import { readDelta } from "../../../iam/row-text.ts";
import { driftLine } from "../../../plan/render/drift-line.ts";
import { permissionChanges } from "../../../plan/render/permission-changes.ts";
import { homeOf } from "../../../plan/render/words.ts";
import { differenceGroups, isOnlyMissing } from "../../view/difference-groups.ts";
import { documentLines, lineDiff } from "../../view/line-diff.ts";
import { Age, State } from "../../parts/basics.tsx";
import { PermissionChanges } from "../../parts/permission-lines.tsx";

interface DifferencesProps {
  readonly drifts: readonly DriftObject[];
  /** Git declares something that is not applied. */
  readonly isPending: boolean;
}

/** Each difference that is drift: its meaning first, the documents on request. */
export function Differences({ drifts, isPending }: DifferencesProps): ReactNode {
  if (drifts.length === 0)
    return (
      <p className="empty">
        No drift was found by the last read.
        {isPending && " The changes from Git that are not applied are above, under Pending."}
      </p>
    );
  return (
    <ul className="differences in-aws">
      {drifts.map((drift) => (
        <Difference key={drift.metadata.name} drift={drift} />
      ))}
    </ul>
  );
}

function Difference({ drift: { status } }: { readonly drift: DriftObject }): ReactNode {
  const [isOpen, open] = useState(false);
  const delta = readDelta(status.delta);
  const changes = permissionChanges(delta, homeOf(status.key));
  const groups = differenceGroups(changes);
  const isDocument = status.live !== null || status.desired !== null;
  return (
    <li>
      <p>
        <strong>{driftLine({ ...status, delta })}</strong>
        {status.tier === "security" && !isOnlyMissing(groups) && <span className="tag danger">security</span>}
        {status.certainty === "pending" && <span className="tag">not confirmed</span>}
        {status.isOutdated === true && <span className="tag">found before Git changed</span>}
      </p>
      <p className="detail">
        {status.subject}
        {status.since !== null && (
          <>
            , for <Age at={status.since} />
          </>
        )}
      </p>
      {groups.map(({ title, changes: own }) => (
        <div key={title}>
          <p className="detail">{title}</p>
          <PermissionChanges changes={own} />
        </div>
      ))}
      {isDocument && (
        <button type="button" className="plain" aria-expanded={isOpen} onClick={() => open(!isOpen)}>
          {isOpen ? "Hide the documents" : "Show the documents"}
        </button>
      )}
      {isOpen && <Documents live={status.live} desired={status.desired} />}
    </li>
  );
}

/** From what Git declares to what AWS has. */
function Documents({
  live,
  desired,
}: {
  readonly live: string | null;
  readonly desired: string | null;
}): ReactNode {
  const lines = lineDiff(documentLines(desired), documentLines(live));
  const isSame = lines.every(({ sign }) => sign === " ");
  return (
    <div className="documents" role="region" aria-label="Documents" tabIndex={0}>
      <p className="quiet-text">- declared in Git, + in AWS; the order of members does not count</p>
      {isSame && <State tone="quiet">The texts are the same</State>}
      <pre>
        {lines.map(({ sign, text }, at) => (
          <span key={at} className={sign === " " ? "same" : sign === "+" ? "sign-added" : "sign-removed"}>
            {sign} {text}
            {"\n"}
          </span>
        ))}
      </pre>
    </div>
  );
}
