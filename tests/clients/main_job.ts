// The main job with openapi-fetch and the types that openapi-typescript makes. Arguments: the service's
// address, and the tokens of a contributor, two reviewers, an editor and a reader, as JSON by name.

import createClient, { type Client } from "openapi-fetch";
import type { components, paths } from "./api.d.ts";

declare const process: { argv: string[] };

/** A claim also comes as linked data; whoever reads JSON says so once. */
type Json = "application/json" | "application/problem+json";
type Api = Client<paths, Json>;
type Claim = components["schemas"]["Claim"];
type Verdict = components["schemas"]["Verdict"];
type VerdictMove = components["schemas"]["VerdictMove"];

const TEXT = "The harbour freezes in winter, the pilot said. The ice came in December.";

const [address, tokens]: [string, Record<string, string>] = [
  process.argv[2]!,
  JSON.parse(process.argv[3]!),
];
const contributor = as("contributor");
const reviewer = as("reviewer");
const reader = as("reader");

function as(who: string): Api {
  return createClient<paths, Json>(options(who));
}

function options(who: string) {
  return { baseUrl: address, headers: { Authorization: `Bearer ${tokens[who]}` } };
}

/** What came, or the problem as an error: its type is the document's. */
function given<T>(answer: { data?: T; error?: components["schemas"]["Problem"] }): T {
  if (answer.data === undefined) throw new Error(answer.error?.detail ?? "nothing came");
  return answer.data;
}

function check(holds: boolean, what: unknown): asserts holds {
  if (!holds) throw new Error(JSON.stringify(what));
}

async function submitted(): Promise<{ claim: Claim; source: string }> {
  const source = given(
    await contributor.POST("/v1/sources", {
      body: { url: "https://news.example/harbour", text: TEXT },
    }),
  ).id;
  const place = { source, quote: { exact: "The harbour freezes in winter" } };
  const sent = {
    params: { header: { "Idempotency-Key": "harbour-1" } },
    body: { text: "The harbour is frozen in winter.", appearances: [place] },
  };
  const claim = given(await contributor.POST("/v1/claims", sent));
  const again = await contributor.POST("/v1/claims", sent);
  check(given(again).id === claim.id, again.data);
  check(again.response.headers.get("Idempotency-Replayed") === "true", "not replayed");
  return { claim, source };
}

async function accepted(claim: Claim): Promise<void> {
  const path = { claim_id: claim.id };
  const { response } = await reviewer.GET("/v1/claims/{claim_id}", { params: { path } });
  const move = {
    params: { path, header: { "If-Match": response.headers.get("ETag")! } },
    body: { action: "accept" as const },
  };
  const moved = given(await reviewer.POST("/v1/claims/{claim_id}/actions", move));
  check(moved.status === "in_review", moved);
  const stale = await reviewer.POST("/v1/claims/{claim_id}/actions", move);
  check(stale.response.status === 412, stale);
  check(stale.error!.type.endsWith("/problems/stale"), stale.error);
}

async function published(claim: Claim, source: string): Promise<Verdict> {
  const path = { claim_id: claim.id };
  const params = { params: { path } };
  const evidence = given(
    await contributor.POST("/v1/claims/{claim_id}/evidence", {
      ...params,
      body: { source, stance: "supports", quote: { exact: "The ice came in December" } },
    }),
  );
  const draft = given(
    await reviewer.POST("/v1/claims/{claim_id}/verdicts", {
      ...params,
      body: { rating: "true", title: "It freezes", summary: "Until March.", language: "en" },
    }),
  );
  check(draft.evidence[0] === evidence.id, draft);
  await moved(reviewer, draft.id, "propose");
  await moved(as("colleague"), draft.id, "approve");
  return moved(as("editor"), draft.id, "publish");
}

async function moved(api: Api, verdict: string, action: VerdictMove): Promise<Verdict> {
  const path = { verdict_id: verdict };
  const { response } = await api.GET("/v1/verdicts/{verdict_id}", { params: { path } });
  const header = { "If-Match": response.headers.get("ETag")! };
  const params = { path, header };
  return given(await api.POST("/v1/verdicts/{verdict_id}/actions", { params, body: { action } }));
}

async function read(claim: Claim): Promise<void> {
  const path = { claim_id: claim.id };
  const seen = given(await reader.GET("/v1/claims/{claim_id}", { params: { path } }));
  check(seen.verdict?.rating === "true", seen);
  const files = createClient<paths>(options("reader"));
  const review = given(await files.GET("/v1/claims/{claim_id}/claimreview", { params: { path } }));
  check(review["claimReviewed"] === seen.text, review);
  const query = { status: "verified" as const, sort: "-updated_at" as const, limit: 1 };
  const page = given(await reader.GET("/v1/claims", { params: { query } }));
  check(page.items[0]?.id === claim.id, page);
  const csv = await files.GET("/v1/exports/{export_format}", {
    params: { path: { export_format: "csv" } },
    parseAs: "text",
  });
  check(String(csv.data).includes(seen.text), csv.data);
  const refused = await reader.POST("/v1/claims", { body: { text: "It rains.", topics: ["\n"] } });
  check(refused.error?.errors?.[0]?.pointer === "/topics/0", refused.error);
}

const { claim, source } = await submitted();
await accepted(claim);
check((await published(claim, source)).state === "published", "not published");
await read(claim);
