import { useEffect, type ReactNode } from "react";
import { readAllAgain } from "../client/resources.ts";
import { readSession, useSignIn } from "../client/session.ts";
import { Notice } from "./basics.tsx";

const AGAIN_MS = 3_000;

interface Methods {
  readonly oidc: boolean;
  readonly local: boolean;
}

/** The way to a session. `methods` null: not known. */
export function SignIn({
  message,
  methods,
}: {
  readonly message: string | null;
  readonly methods: Methods | null;
}): ReactNode {
  return (
    <main id="main" className="sign-in">
      <h1>Grantkeeper</h1>
      {message === null ? null : (
        <Notice tone="bad" isUrgent>
          <p>{message}</p>
          <button type="button" onClick={() => void readSession()}>
            Retry
          </button>
        </Notice>
      )}
      {message === null && <WayIn methods={methods} target={undefined} />}
    </main>
  );
}

function WayIn({
  methods,
  target,
}: {
  readonly methods: Methods | null;
  readonly target: string | undefined;
}): ReactNode {
  const back = encodeURIComponent(`${location.pathname}${location.search}`);
  if (methods === null) return <p>You are not signed in.</p>;
  if (methods.oidc)
    return (
      <p>
        <a className="button" href={`/auth/login?return=${back}`} target={target}>
          Sign in
        </a>
      </p>
    );
  return (
    <p>
      To sign in, run <code>grantkeeper open</code> on the controller's machine and open the link that it
      prints.
    </p>
  );
}

/** Over the page: what is on the screen, such as the reason of an approval, stays as it is. */
export function ExpiredSession({ methods }: { readonly methods: Methods | null }): ReactNode {
  const { kind } = useSignIn();
  useEffect(() => {
    const look = async (): Promise<void> => {
      if (await readSession()) readAllAgain();
    };
    const lookNow = (): void => void look();
    const timer = setInterval(lookNow, AGAIN_MS);
    window.addEventListener("focus", lookNow);
    return () => {
      clearInterval(timer);
      window.removeEventListener("focus", lookNow);
    };
  }, [kind]);
  return (
    <div className="over">
      <Notice tone="warn" isUrgent>
        <p>Your session has ended. Nothing on this page is lost: sign in in a new tab, then continue here.</p>
        <WayIn methods={methods} target="_blank" />
      </Notice>
    </div>
  );
}
