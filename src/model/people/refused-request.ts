/** A request to the API or the page that was refused: a command, or access. */
export interface RefusedRequest {
  readonly kind: "request-refused";
  readonly actor: string;
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly reason: string;
}
