import { useSyncExternalStore } from "react";
import type { SessionView, SignInMethods } from "../../api/browser/sign-in.ts";
import { onExpired, resumeRequests, send } from "./transport.ts";

export type PageScope = "read" | "reconcile" | "suspend" | "approve";

export type SignInState =
  | { readonly kind: "loading" }
  | { readonly kind: "signed-in"; readonly session: SessionView }
  /** Never signed in with this page. */
  | { readonly kind: "signed-out"; readonly methods: SignInMethods | null }
  /** It ended while the page was open: what is on the screen stays. */
  | { readonly kind: "expired"; readonly last: SessionView; readonly methods: SignInMethods | null }
  | { readonly kind: "failed"; readonly message: string };

let state: SignInState = { kind: "loading" };
const listeners = new Set<() => void>();

function become(next: SignInState): void {
  state = next;
  for (const listener of listeners) listener();
}

export function useSignIn(): SignInState {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => state,
  );
}

/** Asks the controller who is signed in. Resolves with whether someone is. */
export async function readSession(): Promise<boolean> {
  const answer = await send<SessionView>("/auth/session");
  if (answer.kind === "ok") {
    resumeRequests();
    // Another person signed in: nothing of the former one may stay on the screen.
    if (state.kind === "expired" && state.last.actor !== answer.value.actor) location.reload();
    become({ kind: "signed-in", session: answer.value });
    return true;
  }
  if (answer.code === 401) await ended();
  // An open page keeps its session: the controller may only be starting.
  else if (state.kind === "loading" || state.kind === "failed")
    become({ kind: "failed", message: answer.message });
  return false;
}

async function ended(): Promise<void> {
  if (state.kind === "expired") return;
  const last = state.kind === "signed-in" ? state.session : null;
  become(last === null ? { kind: "signed-out", methods: null } : { kind: "expired", last, methods: null });
  const answer = await send<SignInMethods>("/auth/methods");
  if (answer.kind === "ok") become(withMethods(state, answer.value));
}

/** Someone may have signed in meanwhile. */
function withMethods(current: SignInState, methods: SignInMethods): SignInState {
  return current.kind === "signed-out" || current.kind === "expired" ? { ...current, methods } : current;
}

onExpired(() => {
  if (state.kind === "signed-in") void ended();
});

/**
 * Whether this tab shows the person whose session the browser has. Someone else may have signed in in another tab: then
 * the page begins again, as that person.
 */
export async function isStillThisPerson(): Promise<boolean> {
  const answer = await send<SessionView>("/auth/session");
  const shown = pageSessionOf(state);
  if (answer.kind === "failed" || shown === null || answer.value.actor === shown.actor) return true;
  location.reload();
  return false;
}

export async function signOut(): Promise<void> {
  const answer = await send("/auth/logout", { method: "POST" });
  if (answer.kind === "failed" && answer.code !== 401)
    return become({ kind: "failed", message: answer.message });
  // Nothing that was read stays in the memory of the page.
  return location.assign("/ui/");
}

/** Whether the person may do this in a namespace; null: in all of them. The controller decides again at each request. */
export function may(session: SessionView, scope: PageScope, namespace: string | null): boolean {
  return session.grants.some(
    ({ scopes, namespaces }) =>
      scopes.includes(scope) &&
      (namespaces.includes("*") || (namespace !== null && namespaces.includes(namespace))),
  );
}

/** The session, also an expired one: what it allowed stays on the screen. */
export function pageSessionOf(signIn: SignInState): SessionView | null {
  if (signIn.kind === "signed-in") return signIn.session;
  return signIn.kind === "expired" ? signIn.last : null;
}
