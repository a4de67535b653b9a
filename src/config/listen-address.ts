/** Reads `HOST:PORT`; an IPv6 host is written in brackets and returned without them. */
export function parseListenAddress(
  text: string,
): { readonly host: string; readonly port: number } | undefined {
  const found = /^(\[[0-9a-fA-F:]+\]|[^:\s]+):(\d{1,5})$/.exec(text);
  const port = Number(found?.[2]);
  if (found?.[1] === undefined || port > 65_535) return undefined;
  return { host: found[1].replace(/^\[|\]$/g, ""), port };
}
