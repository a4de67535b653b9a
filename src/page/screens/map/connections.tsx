import { useMemo, type ReactNode } from "react";
import { BASE_PATH } from "../../../api/group.ts";
import type { OverviewObject } from "../../../api/overview.ts";
import type { PermissionsObject } from "../../../api/permissions.ts";
import {
  connectionsOf,
  selectConnections,
  type FunctionConnection,
  type MapFilter,
} from "../../view/map/connections.ts";
import { withoutManifest } from "../../view/map/without-manifest.ts";
import { REMOVED_TEXT } from "../../../model/answers/questions/access-map.ts";
import { cutText } from "../../../text/cut.ts";
import { counted } from "../../../text/phrases.ts";
import { notInEffectText } from "../../../wording/questions.ts";
import { keysText } from "../../../wording/words.ts";
import { useAllPages } from "../../client/all-pages.ts";
import { accountNames, useOverview } from "../../client/overview.ts";
import { State } from "../../parts/basics.tsx";
import { PagedView } from "../../parts/paged-view.tsx";
import { SimpleTable } from "../../parts/simple-table.tsx";
import { TargetLink } from "../../parts/target-link.tsx";
import { NotConnected } from "./not-connected.tsx";

const PAGE = 100;

/** Every connection of the functions that were read, as a table. */
export function Connections({
  namespace,
  filter,
}: {
  readonly namespace: string | null;
  readonly filter: MapFilter;
}): ReactNode {
  const place = namespace === null ? "" : `/namespaces/${encodeURIComponent(namespace)}`;
  const paged = useAllPages<PermissionsObject>(`${BASE_PATH}${place}/permissions`, PAGE);
  return (
    <PagedView paged={paged} what="The permissions">
      {(items, isComplete) => (
        <Found items={items} namespace={namespace} filter={filter} isComplete={isComplete} />
      )}
    </PagedView>
  );
}

const SHOWN = 500;

function Found({
  items,
  namespace,
  filter,
  isComplete,
}: {
  readonly items: readonly PermissionsObject[];
  readonly namespace: string | null;
  readonly filter: MapFilter;
  readonly isComplete: boolean;
}): ReactNode {
  const { connections, unread, withoutAny, notDrawn } = useMemo(() => connectionsOf(items), [items]);
  const { found, wildcards } = selectConnections(connections, filter);
  const overview = useOverview();
  const accounts = accountNames(overview.value);
  const keys = [...new Set(found.map(({ key }) => key))];
  const notInEffect = notInEffectText(found.map(({ drawnAs }) => drawnAs));
  return (
    <>
      {unread.length > 0 && (
        <p>
          <State tone="quiet">
            {unread.length === 1
              ? "1 function was not read completely: it may have more"
              : `${unread.length} functions were not read completely: they may have more`}
          </State>
        </p>
      )}
      <p className="quiet-text summary" role="status">
        {counted(found.length, "connection")} of {keysText(keys)}
        {notInEffect !== null && `: ${notInEffect}`}
        {found.length > SHOWN && `, the first ${SHOWN} are shown`}
      </p>
      <NotConnected withoutAny={withoutAny} notDrawn={notDrawn} accounts={accounts} />
      {namespace === null && <WithoutManifest overview={overview.value} />}
      {wildcards.length > 0 && (
        <p>
          <State tone="warn">
            {counted(wildcards.length, "more line")} without this text{" "}
            {wildcards.length === 1 ? "has" : "have"} wildcards, which may match it
          </State>
        </p>
      )}
      <SimpleTable
        title="Connections"
        shape="connections"
        heads={["Function", "Direction", "Permission", "Resource or principal", "State"]}
        empty={
          isComplete && unread.length === 0 && wildcards.length === 0
            ? "No permissions match."
            : wildcards.length > 0
              ? "No line has this text; lines with wildcards may match."
              : "No permissions of what was read match."
        }
        rows={withIds(found.slice(0, SHOWN)).map(({ id, each }) => ({ id, cells: cellsOf(each, accounts) }))}
      />
    </>
  );
}

/** They belong to no namespace. */
function WithoutManifest({ overview }: { readonly overview: OverviewObject | null }): ReactNode {
  const count = withoutManifest(overview?.status.accounts ?? []);
  if (count === 0) return null;
  return (
    <p className="quiet-text">
      Not in the table: {counted(count, "function")} in AWS that no manifest names. grantkeeper get functions
      --uncovered lists {count === 1 ? "it" : "them"}.
    </p>
  );
}

/** A row keeps its id when the rows before it change, so that the keyboard stays where it is. */
function withIds(
  connections: readonly FunctionConnection[],
): readonly { readonly id: string; readonly each: FunctionConnection }[] {
  const seen = new Map<string, number>();
  return connections.map((each) => {
    const name = JSON.stringify([each.key, each.direction, each.what, each.on, each.state]);
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    return { id: `${name} ${count}`, each };
  });
}

const TONES = {
  declared: "plain",
  [REMOVED_TEXT]: "warn",
  "AWS only": "bad",
  pending: "quiet",
  "declared, not observed": "quiet",
} as const satisfies Record<FunctionConnection["state"], string>;

function cellsOf(
  { key, direction, what, on, state }: FunctionConnection,
  accounts: ReadonlyMap<string, string>,
): readonly ReactNode[] {
  return [
    <TargetLink key="function" bindingKey={key} accounts={accounts} />,
    direction,
    <Permission key="permission" what={what} />,
    on,
    <State key="state" tone={TONES[state]}>
      {state}
    </State>,
  ];
}

/** Characters: about three lines. */
const LONGEST = 120;

/** Fifty actions would take the place of the rows around them. */
function Permission({ what }: { readonly what: string }): ReactNode {
  if (what.length <= LONGEST) return what;
  return (
    <details>
      <summary>{cutText(what, LONGEST)}</summary>
      {what}
    </details>
  );
}
