import { createContext, useContext } from "react";
import type { SessionView } from "../../api/browser/sign-in.ts";
import { may, type PageScope } from "../client/session.ts";

export const SessionContext = createContext<SessionView | null>(null);

/** Whether the person may do this in a namespace; what they may not do is not shown. */
export function useMay(scope: PageScope, namespace: string | null): boolean {
  const session = useContext(SessionContext);
  return session !== null && may(session, scope, namespace);
}
