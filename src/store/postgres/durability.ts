import type { Probe } from "../../model/answers/probe.ts";

export interface DurabilityFacts {
  readonly fsync: boolean;
  readonly synchronous_commit: string;
  readonly synchronous_standbys: string;
  /** Servers, and programs such as `pg_receivewal`, that receive the write-ahead log now. */
  readonly receivers: number;
}

interface Durability {
  readonly outcome: Probe["outcome"];
  readonly detail: string;
}

/** Whether the database keeps what it confirmed, over a crash and over a failover. */
export function durability({
  fsync,
  synchronous_commit: commit,
  synchronous_standbys: standbys,
  receivers,
}: DurabilityFacts): Durability {
  if (!fsync)
    return {
      outcome: "failed",
      detail: "fsync is off: a power failure damages the record; set fsync = on",
    };
  if (commit === "off")
    return {
      outcome: "failed",
      detail: "synchronous_commit is off: a crash loses entries whose writes were made in AWS; set it on",
    };
  if (standbys !== "" && commit !== "local")
    return { outcome: "passed", detail: `commits are on disk; synchronous standbys: ${standbys}` };
  const cause =
    standbys === ""
      ? "no standby is synchronous"
      : "synchronous_commit is local, so no commit waits for a standby";
  if (receivers === 0)
    return {
      outcome: "passed",
      detail: `commits are on disk; ${cause}, and none follows now: a failover may lose the last entries`,
    };
  const fix = standbys === "" ? "name one in synchronous_standby_names" : "set synchronous_commit = on";
  const follow = receivers === 1 ? "1 receiver follows" : `${receivers} receivers follow`;
  return {
    outcome: "warning",
    detail: `commits are on disk; ${cause}, and ${follow} the write-ahead log: a failover to a standby may lose the last entries; ${fix}`,
  };
}
