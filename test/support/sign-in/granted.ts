import type { SessionRecord } from "../../../src/model/people/session-record.ts";
import type { GroupGrant } from "../../../src/model/people/group-grant.ts";
import type { PageOptions } from "../../../src/http/start.ts";
import { sha256Hex } from "../../../src/model/values/digest.ts";
import { NOW } from "../fakes/fake-control.ts";
import { MemorySessions } from "../fakes/memory-sessions.ts";

const ISSUER = "https://login.example.com";
const NOW_MS = Date.parse(NOW);

type Pair = Omit<GroupGrant, "group">;

const GROUPS = ["a", "b", "c"];

interface GrantedPage {
  readonly page: PageOptions;
  readonly cookie: string;
  /** Grants the person this instead. */
  readonly grant: (pairs: readonly Pair[]) => void;
}

/** A page at which a person with these grants is signed in, without a provider. */
export async function pageWith(first: readonly Pair[]): Promise<GrantedPage> {
  let pairs = first;
  const sessions = new MemorySessions();
  const token = "t".repeat(43);
  const session: SessionRecord = {
    hash: sha256Hex(token),
    method: "oidc",
    issuer: ISSUER,
    actor: `Dana Ruiz <${ISSUER}#00u1>`,
    displayName: "Dana Ruiz",
    mail: "dana@example.com",
    groups: GROUPS,
    provedMs: NOW_MS,
    beganMs: NOW_MS,
    endsMs: NOW_MS + 3_600_000,
  };
  await sessions.add(session);
  const oidc = {
    issuer: ISSUER,
    clientId: "grantkeeper",
    clientSecret: () => Promise.reject(new Error("no one signs in here")),
    scopes: ["openid"],
    groupsClaim: "groups",
    get grants() {
      return pairs.map((pair, index) => ({ ...pair, group: GROUPS[index] ?? "" }));
    },
    fetch: () => Promise.reject(new Error("no one signs in here")),
  };
  const page = {
    folder: "/nonexistent",
    instance: "acme",
    sessions,
    publicUrl: "https://gk.example.com",
    oidc,
  };
  const grant = (next: readonly Pair[]): void => {
    pairs = next;
  };
  return { page, cookie: `gk_session_acme=${token}`, grant };
}
