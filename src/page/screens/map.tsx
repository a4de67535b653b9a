import type { ReactNode } from "react";
import { addressPath } from "../view/address.ts";
import {
  CONNECTION_STATES,
  connectionDirection,
  connectionState,
  DIRECTIONS,
  readMapFilter,
  type MapFilter,
} from "../view/map/connections.ts";
import { questionOf } from "../view/map/question.ts";
import { choicesOf } from "../view/filters.ts";
import { MOST_READ_TOGETHER } from "../client/all-pages.ts";
import { useBindingRows } from "../client/binding-rows.ts";
import { navigate, useLocation } from "../client/navigation.ts";
import { isExported } from "../client/transport.ts";
import { Link } from "../parts/basics.tsx";
import { Choice } from "../parts/forms/field.tsx";
import { Loading } from "../parts/resource-view.tsx";
import { Connections } from "./map/connections.tsx";
import { Estate } from "./map/estate.tsx";
import { ExposedFunctions } from "./map/exposed.tsx";
import { WhoCanForm } from "./map/who-can.tsx";

const QUESTIONS = [
  { view: null, title: "Connections" },
  { view: "estate", title: "Estate" },
  { view: "who-can", title: "Who can" },
  { view: "exposed", title: "Open to outsiders" },
] as const;

/** Which functions may use a resource, and by whom each may be called. */
export function PermissionMap(): ReactNode {
  const { query } = useLocation();
  const view = query.get("view");
  return (
    <>
      <h1>Permission map</h1>
      <nav aria-label="Questions" className="tabs">
        {QUESTIONS.map((question) => (
          <Link
            key={question.title}
            to={question.view === null ? addressPath("map") : `${addressPath("map")}?view=${question.view}`}
            current={view === question.view}
          >
            {question.title}
          </Link>
        ))}
      </nav>
      {view === "estate" ? (
        <Estate />
      ) : view === "who-can" && isExported() ? (
        <p className="empty">
          An export evaluates no policies: grantkeeper who-can asks the running controller.
        </p>
      ) : view === "who-can" ? (
        <WhoCanForm />
      ) : view === "exposed" ? (
        <ExposedFunctions />
      ) : (
        <ConnectionsOfChoice />
      )}
    </>
  );
}

/** More bindings are read for one namespace at a time. */
function ConnectionsOfChoice(): ReactNode {
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
  const isLarge = bindings.rows.length > MOST_READ_TOGETHER;
  return (
    <>
      <Bar
        filter={filter}
        namespace={namespace}
        namespaces={choicesOf(bindings.rows, "namespace")}
        change={change}
      />
      <WhoCanLink text={filter.text} />
      {bindings.live.kind === "loading" ? (
        <Loading />
      ) : namespace === null && isLarge ? (
        <p className="empty">
          Choose a namespace: {bindings.rows.length} bindings and policies are too many to read together.{" "}
          <Link to={`${addressPath("map")}?view=estate`}>Estate</Link> has all of them in one picture.
        </p>
      ) : (
        <Connections namespace={namespace} filter={filter} />
      )}
    </>
  );
}

/** The filter compares texts; whether policies allow it, the controller evaluates. */
function WhoCanLink({ text }: { readonly text: string }): ReactNode {
  if (text.trim() === "") return null;
  const query = new URLSearchParams({ view: "who-can", ...questionOf(text) }).toString();
  return (
    <p className="quiet-text">
      Only lines with this text are shown, wildcards are not evaluated.{" "}
      <Link to={`${addressPath("map")}?${query}`}>Ask who can</Link>
    </p>
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
        placeholder="Filter the lines: table/orders, a caller, an action, a role"
        aria-label="Filter the lines by resource, principal, action, function or its role. Wildcards are not evaluated: use Who can for wildcards"
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
        among={DIRECTIONS}
        choose={(chosen) => change({ direction: connectionDirection(chosen) })}
      />
      <Choice
        name="state"
        value={filter.state}
        among={CONNECTION_STATES}
        choose={(chosen) => change({ state: connectionState(chosen) })}
      />
    </form>
  );
}
