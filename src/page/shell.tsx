import { useEffect, useRef, type ReactNode } from "react";
import type { SessionView } from "../api/browser/sign-in.ts";
import { parseAddress, addressPath, type Address } from "./view/address.ts";
import { needsAnswer } from "./view/approvals/needs-answer.ts";
import { followBindings } from "./client/binding-rows.ts";
import { useLocation } from "./client/navigation.ts";
import { useOverview } from "./client/overview.ts";
import { isStillThisPerson, pageSessionOf, signOut, useSignIn } from "./client/session.ts";
import { Link, Notice } from "./parts/basics.tsx";
import { Guard } from "./parts/guard.tsx";
import { ExpiredSession, SignIn } from "./parts/sign-in.tsx";
import { Loading } from "./parts/resource-view.tsx";
import { ApprovalScreen } from "./screens/approval.tsx";
import { Approvals } from "./screens/approvals.tsx";
import { FunctionScreen } from "./screens/function.tsx";
import { Functions } from "./screens/functions.tsx";
import { History } from "./screens/history.tsx";
import { PermissionMap } from "./screens/map.tsx";
import { Rules } from "./screens/rules.tsx";
import { Settings } from "./screens/settings.tsx";
import { UnreadAccounts } from "./parts/account-lines.tsx";
import { SessionContext } from "./parts/session-context.ts";

/** None is loaded lazily: React shows a screen that it waited for only after 300 ms, however early it came. */
const SCREENS = {
  functions: Functions,
  approvals: Approvals,
  map: PermissionMap,
  rules: Rules,
  history: History,
  settings: Settings,
};

const MENU = [
  { screen: "functions", title: "Functions" },
  { screen: "approvals", title: "Approvals" },
  { screen: "map", title: "Map" },
  { screen: "rules", title: "Rules" },
  { screen: "history", title: "History" },
  { screen: "settings", title: "Settings" },
] as const;

/** The start screen lists every account, and that of a function what of it was not read. */
const NAMES_UNREAD: ReadonlySet<Address["screen"]> = new Set(["functions", "function", "none"]);

/** What an exported site has in place of a person, and in addition. */
export interface Edition {
  /** Below the menu, on every screen. */
  readonly banner: ReactNode;
  /** null: the person who is signed in. */
  readonly who: ReactNode;
  /** null: the address is none of its own. */
  readonly screenOf: (path: string) => ReactNode;
  /** Below a screen of the page; null: nothing. */
  readonly below: (path: string) => ReactNode;
}

const CONTROLLER: Edition = { banner: null, who: null, screenOf: () => null, below: () => null };

/** The page: who is signed in, the menu, and the screen of the address. */
export function Shell({ edition = CONTROLLER }: { readonly edition?: Edition }): ReactNode {
  const signIn = useSignIn();
  const session = pageSessionOf(signIn);
  if (signIn.kind === "loading") return <Loading />;
  if (signIn.kind === "failed") return <SignIn message={signIn.message} methods={null} />;
  if (signIn.kind === "signed-out" || session === null)
    return <SignIn message={null} methods={signIn.kind === "signed-out" ? signIn.methods : null} />;
  return (
    <SessionContext value={session}>
      {signIn.kind === "expired" && <ExpiredSession methods={signIn.methods} />}
      <SignedIn session={session} edition={edition} />
    </SessionContext>
  );
}

function SignedIn({
  session,
  edition,
}: {
  readonly session: SessionView;
  readonly edition: Edition;
}): ReactNode {
  const { path } = useLocation();
  const address = parseAddress(path);
  const main = useFocusOn(path);
  useTitle(address);
  useEffect(followBindings, []);
  useEffect(() => {
    const look = (): void => void isStillThisPerson();
    window.addEventListener("focus", look);
    return () => window.removeEventListener("focus", look);
  }, []);
  return (
    <>
      <a
        className="skip"
        href="#main"
        onClick={(event) => {
          // The address of an exported site is behind the "#".
          event.preventDefault();
          main.current?.focus();
        }}
      >
        Skip to the content
      </a>
      <Header session={session} address={address} edition={edition} />
      {edition.banner}
      <main id="main" ref={main} tabIndex={-1}>
        <Guard key={path}>
          {NAMES_UNREAD.has(address.screen) || <UnreadAccounts />}
          {edition.screenOf(path) ?? <ScreenOf address={address} />}
          {edition.below(path)}
        </Guard>
      </main>
    </>
  );
}

/** After another screen is shown, the keyboard and the screen reader begin at its content. */
function useFocusOn(path: string): React.RefObject<HTMLElement | null> {
  const main = useRef<HTMLElement>(null);
  const shown = useRef(path);
  useEffect(() => {
    if (shown.current === path) return;
    shown.current = path;
    main.current?.focus({ preventScroll: true });
  }, [path]);
  return main;
}

function useTitle(address: Address): void {
  const name = address.screen === "function" || address.screen === "approval" ? ` ${address.name}` : "";
  useEffect(() => {
    const [first = "", ...rest] = address.screen;
    document.title = `${first.toUpperCase()}${rest.join("")}${name} · Grantkeeper`;
  }, [address.screen, name]);
}

function ScreenOf({ address }: { readonly address: Address }): ReactNode {
  if (address.screen === "function")
    return <FunctionScreen namespace={address.namespace} name={address.name} />;
  if (address.screen === "approval") return <ApprovalScreen name={address.name} />;
  if (address.screen === "none") return <NoPage path={address.path} />;
  const Screen = SCREENS[address.screen];
  return <Screen />;
}

function NoPage({ path }: { readonly path: string }): ReactNode {
  return (
    <>
      <h1>No such page</h1>
      <Notice tone="quiet">
        <p>There is no page at {path}.</p>
        <Link to={addressPath("functions")}>Functions</Link>
      </Notice>
    </>
  );
}

function Header({
  session,
  address,
  edition,
}: {
  readonly session: SessionView;
  readonly address: Address;
  readonly edition: Edition;
}): ReactNode {
  const { value } = useOverview();
  const waiting = value?.status.holds.filter(({ status }) => needsAnswer(status)).length ?? 0;
  const current =
    address.screen === "function"
      ? "functions"
      : address.screen === "approval"
        ? "approvals"
        : address.screen;
  return (
    <header className="top">
      <strong className="brand">
        Grantkeeper <span className="quiet-text">{value?.status.instance}</span>
      </strong>
      <nav aria-label="Screens">
        <ul>
          {MENU.map(({ screen, title }) => (
            <li key={screen}>
              <Link to={addressPath(screen)} current={screen === current}>
                {title}
                {screen === "approvals" && waiting > 0 && <span className="count"> {waiting}</span>}
              </Link>
            </li>
          ))}
        </ul>
      </nav>
      {edition.who ?? <Person session={session} />}
    </header>
  );
}

function Person({ session }: { readonly session: SessionView }): ReactNode {
  return (
    <div className="who">
      <span title={session.actor}>{session.displayName}</span>
      <button type="button" className="plain" onClick={() => void signOut()}>
        Sign out
      </button>
    </div>
  );
}
