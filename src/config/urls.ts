import { comparedHost, isLoopback } from "../network/no-proxy.ts";

/** What is wrong with the URL of a proxy; null: nothing. */
export function proxyUrlProblem(text: string): string | null {
  const url = URL.parse(text);
  if (url === null || !["http:", "https:"].includes(url.protocol) || url.hostname === "")
    return "expected the http or https URL of a proxy, such as http://proxy.example.com:3128";
  if (url.username !== "" || url.password !== "")
    return "the user and the password of the proxy belong in a file that loginFile names";
  if (url.pathname !== "/" || url.search !== "" || url.hash !== "")
    return "expected the URL of a proxy without a path";
  return null;
}

/** What is wrong with the URL of an endpoint of AWS; null: nothing. Plain http would send session tokens in the clear. */
export function awsUrlProblem(text: string): string | null {
  const url = URL.parse(text);
  if (url === null || !["http:", "https:"].includes(url.protocol) || url.username !== "" || url.search !== "")
    return "expected the https URL of an endpoint, such as https://vpce-0a1b2c3d-4e5f6a7b.lambda.eu-central-1.vpce.amazonaws.com";
  if (url.protocol === "https:" || isLoopback(comparedHost(url.hostname))) return null;
  return "expected an https URL: http is allowed only to this machine";
}
