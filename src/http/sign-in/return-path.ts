const PAGE = "/ui/";
const BASE = "http://page.invalid";

/** The address of the page to which a person returns after a sign-in. Every other address becomes the start of the page. */
export function returnPath(text: string): string {
  const url = text.startsWith(PAGE) ? URL.parse(text, BASE) : null;
  if (url === null || url.origin !== BASE || !url.pathname.startsWith(PAGE)) return PAGE;
  return `${url.pathname}${url.search}${url.hash}`;
}
