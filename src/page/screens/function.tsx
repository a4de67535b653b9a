import type { ReactNode } from "react";
import type { BindingObject, DriftObject } from "../../api/bindings.ts";
import type { EventObject } from "../../api/events.ts";
import { BASE_PATH } from "../../api/group.ts";
import type { ApiList } from "../../api/object.ts";
import type { PermissionsObject } from "../../api/permissions.ts";
import { EVERY_ENTRY } from "../../model/entries/entry-filter.ts";
import { foldedRows } from "../../wording/history/folded-rows.ts";
import { FUNCTION_GROUPS } from "../../model/entries/entry-groups.ts";
import { historyRows } from "../../wording/history/history-rows.ts";
import { describedSummary, orderTexts } from "../../wording/summary.ts";
import { keyParts, targetText } from "../../model/keys/key.ts";
import { addressPath } from "../view/address.ts";
import { callersQuestion } from "../view/map/question.ts";
import { shownReach } from "../view/reach.ts";
import { useNow } from "../client/clock.ts";
import { accountNames, useOverview } from "../client/overview.ts";
import { useResource } from "../client/resources.ts";
import { Rollbacks } from "../parts/account-lines.tsx";
import { Age, Breakable, Link, Notice, Section, State } from "../parts/basics.tsx";
import { Entries } from "../parts/entries.tsx";
import { ResourceView } from "../parts/resource-view.tsx";
import { FunctionActions } from "./function/actions.tsx";
import { Further } from "./function/further.tsx";
import { Differences, PendingDocuments } from "./function/differences.tsx";
import { ReachGraph } from "./function/reach-graph.tsx";
import { ThreeStates } from "./function/three-states.tsx";

interface FunctionNames {
  readonly namespace: string;
  readonly name: string;
}

/** All that is known about one binding. */
export function FunctionScreen({ namespace, name }: FunctionNames): ReactNode {
  const place = (resource: string): string =>
    `${BASE_PATH}/namespaces/${encodeURIComponent(namespace)}/${resource}/${encodeURIComponent(name)}`;
  const binding = useResource<BindingObject>(place("bindings"));
  const permissions = useResource<PermissionsObject>(place("permissions"));
  const back = (
    <p className="back">
      <Link to={addressPath("functions")}>Functions</Link> / {namespace}
    </p>
  );
  if (binding.value === null && binding.failed?.code === 404)
    return (
      <>
        {back}
        <h1>{name}</h1>
        <Notice tone="quiet">
          <p>Not found, or not visible to you. A function or policy that was renamed has another address.</p>
        </Notice>
      </>
    );
  return (
    <>
      {back}
      {binding.value === null && binding.failed !== null && <h1>{name}</h1>}
      <ResourceView resource={binding} what="The binding">
        {(value) => (
          <>
            <Head binding={value} permissions={permissions.value} isGone={binding.failed?.code === 404} />
            <ResourceView resource={permissions} what="The permissions">
              {({ status }) => (
                <>
                  <ThreeStates state={status} order={orderTexts(value)} />
                  <Section
                    title={
                      isPolicy(value) ? "What it allows" : "Callers in its own policy, and what it may use"
                    }
                  >
                    <OtherCallers desired={value.spec.desired} />
                    <ReachGraph reach={shownReach(status)} name={nameOf(value)} />
                    {!isPolicy(value) && <Further bindingKey={value.spec.key} />}
                  </Section>
                </>
              )}
            </ResourceView>
            {value.status.pendingDifferences !== undefined && (
              <Section title="Pending documents" note="changes from Git that are not applied">
                <PendingDocuments differences={value.status.pendingDifferences} />
              </Section>
            )}
            <DifferencesOf binding={value} namespace={namespace} />
            <Facts binding={value} />
            <HistoryOf binding={value} />
          </>
        )}
      </ResourceView>
    </>
  );
}

/** Within an account, a policy of the caller suffices: the policy of the function does not show everyone. */
function OtherCallers({ desired }: Pick<BindingObject["spec"], "desired">): ReactNode {
  const question = callersQuestion(desired);
  if (question === null) return null;
  return (
    <p className="quiet-text">
      Roles and users of its account may also call it by their own policies, which are not shown here.{" "}
      <Link to={`${addressPath("map")}?${question}`}>Ask who can</Link> lists the functions among them.
    </p>
  );
}

const nameOf = ({ spec }: BindingObject): string => keyParts(spec.key).name;

/** A ManagedPolicy has no callers, and functions run on roles that have it. */
const isPolicy = ({ spec }: BindingObject): boolean => keyParts(spec.key).kind === "policy";

function Head({
  binding,
  permissions,
  isGone,
}: {
  readonly binding: BindingObject;
  readonly permissions: PermissionsObject | null;
  readonly isGone: boolean;
}): ReactNode {
  const overview = useOverview();
  const { status, spec } = binding;
  const differs = status.drift === null ? "warn" : "bad";
  const tone = status.sync === "Synced" ? "good" : status.sync === "Unknown" ? "quiet" : differs;
  const sync = status.sync === "Unknown" ? "unknown" : status.sync === "Synced" ? "synced" : "out of sync";
  return (
    <>
      <h1>
        <Breakable text={targetText({ key: spec.key, account: status.account })} />
        {isPolicy(binding) && <span className="tag">policy</span>}
      </h1>
      {isGone && (
        <Notice tone="warn">
          <p>It is no longer declared, or no longer visible to you. This is its last known state.</p>
        </Notice>
      )}
      <p className="lead">
        <State tone={tone}>{sync}</State>
        {permissions !== null && <span> {describedSummary(binding, permissions.status)}</span>}
      </p>
      <p className="quiet-text">
        mode {status.mode}
        {status.drift !== null && (
          <>
            , drift for <Age at={status.drift.since} />
          </>
        )}
        {status.lastVerifiedAt === null ? (
          ", not compared yet"
        ) : (
          <>
            , compared <Age at={status.lastVerifiedAt} /> ago
          </>
        )}
        {spec.source === null ? ", not declared in Git" : `, ${spec.source.file}:${spec.source.line}`}
      </p>
      <Rollbacks namespaces={[keyParts(spec.key).namespace]} />
      <FunctionActions bindingKey={spec.key} suspensions={overview.value?.status.suspensions ?? []} />
    </>
  );
}

function DifferencesOf({
  binding,
  namespace,
}: {
  readonly binding: BindingObject;
  readonly namespace: string;
}): ReactNode {
  const drifts = useResource<ApiList<DriftObject>>(
    `${BASE_PATH}/namespaces/${encodeURIComponent(namespace)}/drifts`,
  );
  const isRead = binding.status.sync !== "Unknown";
  return (
    <Section title="Drift">
      <ResourceView resource={drifts} what="The drift">
        {({ items }) => {
          const own = items.filter(({ status }) => status.key === binding.spec.key);
          if (own.length === 0 && !isRead) return <State tone="quiet">unknown: it was not compared</State>;
          return <Differences drifts={own} isPending={binding.status.sync === "OutOfSync"} />;
        }}
      </ResourceView>
    </Section>
  );
}

function Facts({ binding: { status } }: { readonly binding: BindingObject }): ReactNode {
  return (
    <Section title="Conditions">
      <table className="facts">
        <thead>
          <tr>
            <th scope="col">Condition</th>
            <th scope="col">Status</th>
            <th scope="col">Reason</th>
            <th scope="col">For</th>
            <th scope="col">Message</th>
          </tr>
        </thead>
        <tbody>
          {status.conditions.map(({ type, status: value, reason, message, lastTransitionTime }) => (
            <tr key={type}>
              <th scope="row">{type}</th>
              <td>{value}</td>
              <td>{reason}</td>
              <td>
                <Age at={lastTransitionTime} />
              </td>
              <td className="message">{message}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {status.notes.map((note) => (
        <p key={note}>{note}</p>
      ))}
      {status.notWatched.length > 0 && (
        <p className="quiet-text">Not checked: {status.notWatched.join(", ")}</p>
      )}
    </Section>
  );
}

const KINDS = FUNCTION_GROUPS.join(",");

function HistoryOf({ binding }: { readonly binding: BindingObject }): ReactNode {
  const query = new URLSearchParams({ key: binding.spec.key });
  const events = useResource<ApiList<EventObject>>(
    `${BASE_PATH}/events?limit=100&kind=${KINDS}&${query.toString()}`,
  );
  return (
    <Section title="History" note={<Link to={`${addressPath("history")}?${query.toString()}`}>all</Link>}>
      <ResourceView resource={events} what="The history">
        {({ items }) => <LastEntries events={items} />}
      </ResourceView>
    </Section>
  );
}

const ENTRIES = 20;

function LastEntries({ events }: { readonly events: readonly EventObject[] }): ReactNode {
  const overview = useOverview();
  const nowMs = useNow();
  if (events.length === 0) return <p className="empty">No entries.</p>;
  const rows = historyRows(
    events.map(({ event }) => event),
    { accounts: accountNames(overview.value), nowMs },
  );
  return <Entries rows={foldedRows(rows, EVERY_ENTRY).slice(0, ENTRIES)} />;
}
