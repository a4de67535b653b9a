import type { AlertRouteObject } from "../../api/overview.ts";
import type { AlertRouteView } from "../../controller/ports/alert-sender.ts";
import { seesEverything } from "../access/access.ts";
import type { Reader } from "../request/reader.ts";
import { envelope, isoTime } from "./metadata.ts";

/** In the order of the operator's file. A failure may name a host or a channel of another team. */
export function shownAlertRoutes({ access, world }: Reader): readonly AlertRouteObject[] {
  return seesEverything(access) ? world.overview.alertRoutes.map(alertRoute) : [];
}

function alertRoute(route: AlertRouteView): AlertRouteObject {
  const { name, sink, namespaces, accounts, severity, waiting, oldestWaitingMs, deliveredMs, problem } =
    route;
  return {
    ...envelope("AlertRoute", { name }),
    spec: { sink, namespaces, accounts, severity },
    status: {
      deliveredAt: deliveredMs === null ? null : isoTime(deliveredMs),
      waiting,
      oldestWaitingAt: oldestWaitingMs === null ? null : isoTime(oldestWaitingMs),
      problem:
        problem === null ? null : { at: isoTime(problem.atMs), cause: problem.cause, fix: problem.fix },
      failing: problem !== null && problem.atMs >= (deliveredMs ?? -Infinity),
    },
  };
}
