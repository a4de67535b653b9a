import { useEffect } from "react";
import { BASE_PATH } from "../../api/group.ts";
import type { OverviewObject } from "../../api/overview.ts";
import { unverifiedFrom } from "../../model/records/record-verification.ts";
import { setServerTime } from "./clock.ts";
import { useResource, type WatchedResource } from "./resources.ts";

const PATH = `${BASE_PATH}/overview`;

/** Overall health; every screen reads its ages against this server time. */
export function useOverview(): WatchedResource<OverviewObject> & { readonly readAgain: () => void } {
  const resource = useResource<OverviewObject>(PATH);
  const { value, readMs } = resource;
  useEffect(() => {
    if (value !== null && readMs !== null) setServerTime(value.status.now, readMs);
  }, [value, readMs]);
  return resource;
}

/** The first entry of the record that may not be what was written; null: nothing is known against it. */
export function useUnverifiedFrom(): number | null {
  const record = useOverview().value?.status.record;
  return record === undefined ? null : unverifiedFrom(record);
}

/** The names of accounts by their id. */
export function accountNames(overview: OverviewObject | null): ReadonlyMap<string, string> {
  return new Map((overview?.status.accounts ?? []).map(({ accountId, name }) => [accountId, name]));
}
