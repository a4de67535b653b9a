import { useMemo, type ReactNode } from "react";
import { BASE_PATH } from "../../api/group.ts";
import { bindingName } from "../../api/names.ts";
import type { PermissionsObject } from "../../api/permissions.ts";
import { keyParts } from "../../model/keys/key.ts";
import { targetText } from "../../model/keys/target-text.ts";
import { pathOf } from "../view/address.ts";
import {
  connectionsOf,
  readMapFilter,
  selectConnections,
  type FunctionConnection,
  type MapFilter,
} from "../view/connections.ts";
import { choicesOf } from "../view/filters.ts";
import { useAllPages } from "../client/all-pages.ts";
import { useBindingRows } from "../client/binding-rows.ts";
import { navigate, useLocation } from "../client/navigation.ts";
import { accountNames, useOverview } from "../client/overview.ts";
import { Link, State } from "../parts/basics.tsx";
import { Choice } from "../parts/field.tsx";
import { Loading } from "../parts/resource-view.tsx";
import { PagedView } from "../parts/paged-view.tsx";
import { SimpleTable } from "../parts/simple-table.tsx";

/** More bindings than this are read for one namespace at a time. */
const MOST = 1_000;
const PAGE = 100;

/** Which functions may use a resource, and by whom each may be called. */
export function PermissionMap(): ReactNode {
  const { path, query } = useLocation();
  const bindings = useBindingRows();
  const namespace = query.get("namespace");
  const filter = readMapFilter(query);
  const change = (part: Partial<MapFilter & { readonly namespace: string | null }>): void => {
    const set = Object.entries({ ...filter, namespace, ...part }).flatMap(([name, value]) =>
      value === null || value === "" ? [] : [[name === "text" ? "q" : name, value]],
    );
    navigate(set.length === 0 ? path : `${path}?${new URLSearchParams(set).toString()}`, "replace");
  };
  const isLarge = bindings.rows.length > MOST;
  return (
    <>
      <h1>Permission map</h1>
      <Bar
        filter={filter}
        namespace={namespace}
        namespaces={choicesOf(bindings.rows, "namespace")}
        change={change}
      />
      {bindings.live.kind === "loading" ? (
        <Loading />
      ) : namespace === null && isLarge ? (
        <p className="empty">
          Choose a namespace: {bindings.rows.length} bindings are too many to read together.
        </p>
      ) : (
        <Connections namespace={namespace} filter={filter} />
      )}
    </>
  );
}

function Bar({
  filter,
  namespace,
  namespaces,
  change,
}: {
  readonly filter: MapFilter;
  readonly namespace: string | null;
  readonly namespaces: readonly string[];
  readonly change: (part: Partial<MapFilter & { readonly namespace: string | null }>) => void;
}): ReactNode {
  return (
    <form className="filter" role="search" onSubmit={(event) => event.preventDefault()}>
      <input
        type="search"
        value={filter.text}
        placeholder="Who can reach: table/orders, queue, an ARN, an action"
        aria-label="Search by resource, principal, action or function"
        spellCheck={false}
        onChange={(event) => change({ text: event.target.value })}
      />
      <Choice
        name="namespace"
        value={namespace}
        among={namespaces}
        choose={(chosen) => change({ namespace: chosen })}
      />
      <Choice
        name="direction"
        value={filter.direction}
        among={["may use", "called by"]}
        choose={(chosen) =>
          change({ direction: chosen === "may use" || chosen === "called by" ? chosen : null })
        }
      />
      <Choice
        name="state"
        value={filter.state}
        among={["declared", "AWS only", "Git only"]}
        choose={(chosen) =>
          change({
            state: chosen === "declared" || chosen === "AWS only" || chosen === "Git only" ? chosen : null,
          })
        }
      />
    </form>
  );
}

function Connections({
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
      {(items, isComplete) => <Found items={items} filter={filter} isComplete={isComplete} />}
    </PagedView>
  );
}

const SHOWN = 500;

function Found({
  items,
  filter,
  isComplete,
}: {
  readonly items: readonly PermissionsObject[];
  readonly filter: MapFilter;
  readonly isComplete: boolean;
}): ReactNode {
  const { connections, unread } = useMemo(() => connectionsOf(items), [items]);
  const found = selectConnections(connections, filter);
  const overview = useOverview();
  const accounts = accountNames(overview.value);
  const functions = new Set(found.map(({ key }) => key)).size;
  return (
    <>
      {unread.length > 0 && (
        <p>
          <State tone="quiet">{unread.length} functions were not read completely: they may have more</State>
        </p>
      )}
      <p className="quiet-text summary" role="status">
        {found.length} connections of {functions} functions
        {found.length > SHOWN && `, the first ${SHOWN} are shown`}
      </p>
      <SimpleTable
        title="Connections"
        heads={["Function", "Direction", "Permission", "Resource or principal", "State"]}
        empty={
          isComplete && unread.length === 0
            ? "No permissions match."
            : "No permissions of what was read match."
        }
        rows={found.slice(0, SHOWN).map((each, at) => ({ id: String(at), cells: cellsOf(each, accounts) }))}
      />
    </>
  );
}

function cellsOf(
  { key, direction, what, on, state }: FunctionConnection,
  accounts: ReadonlyMap<string, string>,
): readonly ReactNode[] {
  const { accountId, namespace } = keyParts(key);
  const text = targetText({ key, account: accounts.get(accountId) ?? accountId });
  return [
    <Link key="function" to={pathOf("functions", namespace, bindingName(key))}>
      {text}
    </Link>,
    direction,
    what,
    on,
    <State key="state" tone={state === "declared" ? "plain" : state === "AWS only" ? "bad" : "quiet"}>
      {state}
    </State>,
  ];
}
