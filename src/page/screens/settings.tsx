import type { ReactNode } from "react";
import type { AccountStatus } from "../../api/manifests.ts";
import type { AlertRouteObject, OverviewObject, SourceObject } from "../../api/overview.ts";
import { BASE_PATH } from "../../api/group.ts";
import type { ApiList } from "../../api/object.ts";
import type { TeamObject } from "../../api/teams.ts";
import { shortSubject } from "../../wording/words.ts";
import { useOverview } from "../client/overview.ts";
import { useResource } from "../client/resources.ts";
import { RolledBack } from "../parts/account-lines.tsx";
import { Age, Ago, Section, State } from "../parts/basics.tsx";
import { ResourceView } from "../parts/resource-view.tsx";
import { SimpleTable } from "../parts/simple-table.tsx";
import { RecordState } from "./history/record-state.tsx";
import { ReplicasSection } from "./settings/replicas.tsx";

/** How the controller is set up. All of it is changed in Git or in the operator's file. */
export function Settings(): ReactNode {
  const overview = useOverview();
  const sources = useResource<ApiList<SourceObject>>(`${BASE_PATH}/sources`);
  const teams = useResource<ApiList<TeamObject>>(`${BASE_PATH}/teams`);
  return (
    <>
      <h1>Settings</h1>
      <p className="quiet-text">Read only: they are changed in Git and in grantkeeper.yaml.</p>
      <ResourceView resource={overview} what="The overview">
        {(value) => (
          <>
            <RecordState overview={value} />
            <Controller overview={value} />
            {value.status.replicas !== undefined && <ReplicasSection counts={value.status.replicas} />}
            <Section title="Accounts">
              <Accounts accounts={value.status.accounts} />
            </Section>
            <Section title="Alerts">
              <AlertRoutes routes={value.status.alertRoutes} />
            </Section>
          </>
        )}
      </ResourceView>
      <Section title="Sources">
        <ResourceView resource={sources} what="The sources">
          {({ items }) => <Sources sources={items} />}
        </ResourceView>
      </Section>
      <Section title="Teams">
        <ResourceView resource={teams} what="The teams">
          {({ items }) => <Teams teams={items} />}
        </ResourceView>
      </Section>
    </>
  );
}

function Controller({ overview: { status } }: { readonly overview: OverviewObject }): ReactNode {
  return (
    <Section title="Controller">
      <dl className="facts-list">
        <dt>Instance</dt>
        <dd>{status.instance}</dd>
        <dt>Version</dt>
        <dd>{status.version}</dd>
        <dt>Mode</dt>
        <dd>{status.mode}</dd>
        <dt>Running for</dt>
        <dd>
          <Age at={status.startedAt} />
        </dd>
        <dt>Action data of</dt>
        <dd>{status.catalogueDate}</dd>
        <dt>Tenancy</dt>
        <dd>{status.tenancy ?? "unknown"}</dd>
      </dl>
    </Section>
  );
}

function Accounts({ accounts }: { readonly accounts: readonly AccountStatus[] }): ReactNode {
  return (
    <SimpleTable
      title="Accounts"
      heads={["Account", "Id", "Mode", "Set", "Throttled", "Denied calls"]}
      empty="No accounts that you may see."
      rows={accounts.map(({ name, accountId, mode, set, throttled = null, deniedCalls = null }) => ({
        id: accountId,
        cells: [
          name,
          accountId,
          mode,
          set ?? "-",
          listText(throttled, ({ family, rate }) => `${family} ${rate}/s`),
          listText(deniedCalls, ({ call }) => call),
        ],
      }))}
    />
  );
}

/** null: it is not known. */
function listText<Item>(items: readonly Item[] | null, text: (item: Item) => string): string {
  if (items === null) return "unknown";
  return items.map(text).join(", ") || "-";
}

function Sources({ sources }: { readonly sources: readonly SourceObject[] }): ReactNode {
  return (
    <SimpleTable
      title="Sources"
      heads={["Source", "Repository", "Ref", "Accepted", "Fetched", "State"]}
      empty="No sources that you may see."
      rows={sources.map(({ metadata, spec, status }) => ({
        id: metadata.name,
        cells: [
          spec.namespace === null ? metadata.name : `${metadata.name} (${spec.namespace})`,
          spec.url,
          spec.ref === null ? "folder" : `${spec.ref.kind} ${spec.ref.name}`,
          status.accepted === null ? "none yet" : shortSubject(status.accepted),
          status.fetchedAt === null ? "never" : <Ago key="age" at={status.fetchedAt} />,
          <SourceState key="state" status={status} />,
        ],
      }))}
    />
  );
}

const VERIFIED = { True: "good", False: "bad", Unknown: "quiet" } as const;

function SourceState({
  status: { failure, held, verified, rolledBack },
}: {
  readonly status: SourceObject["status"];
}): ReactNode {
  if (failure !== null)
    return (
      <State tone="bad">
        {failure.message}
        <span className="detail hint">hint: {failure.fix}</span>
      </State>
    );
  if (rolledBack !== undefined) return <RolledBack rolledBack={rolledBack} />;
  if (held !== null)
    return (
      <State tone="warn">
        {shortSubject(held.revision)}{" "}
        {held.rejected === null ? "awaits an approval" : `rejected by ${held.rejected.by}`}
      </State>
    );
  if (verified === null) return "signatures are not required";
  return <State tone={VERIFIED[verified.status]}>signatures: {verified.message}</State>;
}

function AlertRoutes({ routes }: { readonly routes: readonly AlertRouteObject[] }): ReactNode {
  return (
    <SimpleTable
      title="Alert routes"
      heads={["Route", "Receiver", "Delivered", "Waiting", "State"]}
      empty="No alert routes that you may see."
      rows={routes.map(({ metadata, spec, status }) => ({
        id: metadata.name,
        cells: [
          metadata.name,
          `${spec.sink}, ${spec.severity}`,
          status.deliveredAt === null ? "nothing yet" : <Ago key="age" at={status.deliveredAt} />,
          String(status.waiting),
          status.failing && status.problem !== null ? (
            <State key="state" tone="bad">
              {status.problem.cause}
              <span className="detail hint">hint: {status.problem.fix}</span>
            </State>
          ) : status.deliveredAt === null ? (
            <State key="state" tone="quiet">
              unknown
            </State>
          ) : (
            <State key="state" tone="good">
              last delivery succeeded
            </State>
          ),
        ],
      }))}
    />
  );
}

function Teams({ teams }: { readonly teams: readonly TeamObject[] }): ReactNode {
  return (
    <SimpleTable
      title="Teams"
      heads={["Team", "Accounts", "Functions", "Resources", "Synced", "Refused by"]}
      empty="No Teams that you may see."
      rows={teams.map(({ metadata, status: { fence, counts, refused } }) => ({
        id: metadata.name,
        cells: [
          metadata.name,
          ...(fence === null
            ? ["broken", "broken", "broken"]
            : [fence.accounts?.join(", ") ?? "all", fence.functions.join(", "), fence.resources.join(", ")]),
          `${counts.synced}/${counts.bindings}`,
          Object.entries(refused)
            .map(([rule, count]) => `${rule} (${count})`)
            .join(", ") || "-",
        ],
      }))}
    />
  );
}
