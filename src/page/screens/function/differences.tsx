import { useState, type ReactNode } from "react";
import type { BindingObject, DriftObject } from "../../../api/bindings.ts";
import { readDelta } from "../../../iam/row-text.ts";
import { driftLine } from "../../../plan/render/drift-line.ts";
import { permissionChanges } from "../../../plan/render/permission-changes.ts";
import { homeOf } from "../../../plan/render/words.ts";
import { differenceGroups, isOnlyMissing } from "../../view/difference-groups.ts";
import { comparedDocuments } from "../../view/documents/compared-documents.ts";
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
      {isOpen && <Documents from={status.desired} to={status.live} note={DRIFT_SIDES} />}
    </li>
  );
}

const DRIFT_SIDES = "- declared in Git, + in AWS";
const PENDING_SIDES = "- in AWS at the last read, + declared in Git";

type PendingDifference = NonNullable<BindingObject["status"]["pendingDifferences"]>[number];

/** The documents of the changes from Git that are not applied; their permissions are under Pending. */
export function PendingDocuments({
  differences,
}: {
  readonly differences: readonly PendingDifference[];
}): ReactNode {
  return (
    <ul className="differences">
      {differences.map(({ subject, change, live, desired, isOutdated }, at) => (
        <li key={at}>
          <p>
            <strong>{CHANGED[change.kind] ?? change.kind.replaceAll("-", " ")}</strong>
            {isOutdated === true && <span className="tag">found before Git changed</span>}
          </p>
          <p className="detail">{subject}</p>
          {(live !== null || desired !== null) && <Documents from={live} to={desired} note={PENDING_SIDES} />}
        </li>
      ))}
    </ul>
  );
}

const CHANGED: Partial<Readonly<Record<PendingDifference["change"]["kind"], string>>> = {
  trust: "trust policy",
  inline: "inline policy",
  boundary: "permissions boundary",
};

/** From one side to the other. */
function Documents({
  from,
  to,
  note,
}: {
  readonly from: string | null;
  readonly to: string | null;
  readonly note: string;
}): ReactNode {
  const lines = comparedDocuments(from, to);
  const isSame = lines.every(({ sign }) => sign === " ");
  return (
    <div className="documents" role="region" aria-label="Documents" tabIndex={0}>
      <p className="quiet-text">{note}; the order of statements and members does not count</p>
      {isSame && <State tone="quiet">Both sides have the same content</State>}
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
