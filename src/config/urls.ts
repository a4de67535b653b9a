import { isLoopbackHost } from "../model/network/loopback.ts";

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
  if (url.protocol === "https:" || isLoopbackHost(url.hostname)) return null;
  return "expected an https URL: http is allowed only to this machine";
}

/** What is wrong with the URL of a collector of OpenTelemetry; null: nothing. */
export function collectorUrlProblem(text: string): string | null {
  const url = URL.parse(text);
  if (url === null || !["http:", "https:"].includes(url.protocol) || url.hostname === "")
    return "expected the URL of a collector, such as http://127.0.0.1:4318";
  if (url.username !== "" || url.password !== "")
    return "the user and the password belong in a header of the file that headersFile names";
  if (url.search !== "" || url.hash !== "") return "expected the URL of a collector without a query";
  if (/\/v1\/(traces|metrics)\/*$/.test(url.pathname))
    return "expected the URL without /v1/traces or /v1/metrics";
  return null;
}

/** Whether what is sent there can be read on the way. */
export function isInTheClear(text: string): boolean {
  const url = URL.parse(text);
  return url?.protocol === "http:" && !isLoopbackHost(url.hostname);
}
