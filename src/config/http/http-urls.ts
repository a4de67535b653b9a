import { isIP } from "node:net";
import { isLoopbackHost } from "../../model/network/loopback.ts";

/** What is wrong with the address of the page for people; null: nothing. A cookie over plain http could be read on the way. */
export function publicUrlProblem(text: string): string | null {
  const url = plainUrl(text);
  if (url === null || url.pathname !== "/")
    return "expected the https URL of the page for people, without a path, such as https://grantkeeper.example.com";
  return unsafe(url);
}

/** What is wrong with the address at which the other replicas reach this one; null: nothing. */
export function replicaUrlProblem(text: string): string | null {
  const url = plainUrl(text);
  if (url !== null && url.pathname === "/") return null;
  return "expected the URL of the API of this replica, without a path, such as http://10.0.4.7:8085";
}

/** What is wrong with the issuer of an OIDC provider; null: nothing. */
export function issuerProblem(text: string): string | null {
  const url = plainUrl(text);
  if (url === null)
    return "expected the https URL of the issuer, as its discovery document has it, such as https://login.example.com";
  if (url.pathname.includes("/.well-known/"))
    return "expected the issuer, without /.well-known/openid-configuration";
  return unsafe(url);
}

/** An IP address, or a network in CIDR notation. One of all addresses would believe every client. */
export function isNetwork(text: string): boolean {
  const [address = "", bits, ...more] = text.split("/");
  const family = isIP(address);
  if (family === 0 || address.includes("%") || more.length > 0) return false;
  if (bits === undefined) return true;
  return /^[1-9]\d{0,2}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128);
}

function plainUrl(text: string): URL | null {
  const url = URL.parse(text);
  if (url === null || !["http:", "https:"].includes(url.protocol) || url.hostname === "") return null;
  return url.username === "" && url.password === "" && url.search === "" && url.hash === "" ? url : null;
}

function unsafe(url: URL): string | null {
  if (url.protocol === "https:" || isLoopbackHost(url.hostname)) return null;
  return "expected an https URL: http is allowed only to this machine";
}
