import type { ReactNode } from "react";
import type { ReplicaCounts, ReplicaObject } from "../../../api/replicas.ts";
import { BASE_PATH } from "../../../api/group.ts";
import type { ApiList } from "../../../api/object.ts";
import { replicaText } from "../../../wording/replicas.ts";
import { ago, left } from "../../../wording/time.ts";
import { timeText } from "../../../text/phrases.ts";
import { useResource } from "../../client/resources.ts";
import { isExported } from "../../client/transport.ts";
import { Section, State } from "../../parts/basics.tsx";
import { ResourceView } from "../../parts/resource-view.tsx";
import { SimpleTable } from "../../parts/simple-table.tsx";

/** The processes that share the record in a database. An export has their numbers only. */
export function ReplicasSection({ counts }: { readonly counts: ReplicaCounts }): ReactNode {
  return <Section title="Replicas">{isExported() ? <p>{replicaText(counts)}</p> : <Replicas />}</Section>;
}

function Replicas(): ReactNode {
  const replicas = useResource<ApiList<ReplicaObject>>(`${BASE_PATH}/replicas`);
  return (
    <ResourceView resource={replicas} what="The replicas">
      {({ items }) => <ReplicaTable replicas={items} />}
    </ResourceView>
  );
}

/** Ages and ends of leases are as of the read of the table, by the clock of the database. */
function ReplicaTable({ replicas }: { readonly replicas: readonly ReplicaObject[] }): ReactNode {
  const [first] = replicas;
  return (
    <>
      {first !== undefined && (
        <p className="quiet-text">As of {timeText(first.status.readAt)}, by the clock of the database</p>
      )}
      <SimpleTable
        title="Replicas"
        heads={["Replica", "State", "Follows", "Accounts", "Seen", "Lease ends", "Version"]}
        empty="No replicas that you may see."
        rows={replicas.map(({ metadata, status }) => ({
          id: metadata.name,
          cells: [
            metadata.name,
            <State key="state" tone={STATES[status.state]}>
              {status.state}
            </State>,
            <Follows key="follows" status={status} />,
            status.accounts?.length ?? "unknown",
            ago(status.seenAt, Date.parse(status.readAt)),
            status.leaseEndsAt === null ? "-" : `in ${left(status.leaseEndsAt, Date.parse(status.readAt))}`,
            status.version,
          ],
        }))}
      />
    </>
  );
}

const STATES = { active: "good", standby: "plain", lost: "bad" } as const satisfies Record<
  ReplicaObject["status"]["state"],
  string
>;

/** Whether a standby could enforce what the active replica has in force. */
function Follows({
  status: { following, followingProblem },
}: {
  readonly status: ReplicaObject["status"];
}): ReactNode {
  if (following === null) return "-";
  if (following === "current") return <State tone="good">yes</State>;
  if (following === "behind") return <State tone="warn">not yet</State>;
  return (
    <State tone="bad">
      no<span className="detail">{followingProblem}</span>
    </State>
  );
}
