// Fetches the directory, applies, and answers an update. All that is sent and received is typed by
// schema.d.ts, which is made from the API's own document.

import { randomUUID } from "node:crypto";
import createClient from "openapi-fetch";
import type { components, paths } from "./schema.js";

type Schemas = components["schemas"];
type Affiliate = Schemas["AffiliateSummary"];

const root = needed("API");
const slug = needed("PROGRAM");
const link = process.env["UPDATE_LINK"];

const api = createClient<paths>({ baseUrl: root.replace(/\/$/, "") });

// A list comes in pieces of 100 at most.
async function directory(): Promise<Affiliate[]> {
  const found: Affiliate[] = [];
  for (;;) {
    const { data, error } = await api.GET("/programs/{slug}/affiliates/", {
      params: { path: { slug }, query: { limit: 100, offset: found.length } },
    });
    if (!data) throw problem(error);
    found.push(...data.items);
    if (data.items.length === 0 || found.length >= data.count) return found;
  }
}

// Each statement is sent as it was shown: one that was changed meanwhile is asked for again.
async function apply(name: string): Promise<Schemas["Received"]> {
  const { data: program, error: unknown } = await api.GET("/programs/{slug}/", {
    params: { path: { slug } },
  });
  if (!program) throw problem(unknown);
  const body: Schemas["ApplicationIn"] = {
    group: { name, region: "US-OH", scope: "state", summary: "Parents and teachers." },
    contact: { name: "Rosa Diaz", email: "rosa@saferschools.example.org" },
    accepted: [...program.beliefs, ...program.obligations],
  };
  // The key makes a repeat harmless: both of these are one application.
  const params = { path: { slug }, header: { "Idempotency-Key": randomUUID() } };
  const first = await api.POST("/programs/{slug}/applications/", { params, body });
  const again = await api.POST("/programs/{slug}/applications/", { params, body });
  if (!first.data) throw problem(first.error);
  console.log(`  sent twice, the same answer: ${first.data.reference === again.data?.reference}`);
  return first.data;
}

// The version makes a repeat harmless, and changes the answer that was read.
async function answer(token: string): Promise<Schemas["OwnUpdateRequest"]> {
  const params = { path: { token } };
  const { data: asked, error: closed } = await api.GET("/update-requests/{token}/", { params });
  if (!asked) throw problem(closed);
  console.log(`  ${asked.affiliate}, ${asked.period}, due on ${asked.due_on}: ${asked.state}`);
  const { data, error } = await api.POST("/update-requests/{token}/", {
    params,
    body: {
      kind: "news",
      text: "We met the school board. It will write a new policy.",
      publish: true,
      version: asked.version,
    },
  });
  if (!data) throw problem(error);
  return data;
}

// What the server finds wrong, with the place of each mistake.
async function showMistakes(): Promise<void> {
  const { error } = await api.POST("/programs/{slug}/applications/", {
    params: { path: { slug }, header: { "Idempotency-Key": randomUUID() } },
    body: {
      group: { name: "", region: "US-OH", scope: "state", summary: "Parents and teachers." },
      contact: { name: "Rosa Diaz", email: "rosa@localhost" },
      accepted: [],
    },
  });
  for (const mistake of error?.errors ?? []) {
    console.log(`  ${mistake.location.join(".")}: ${mistake.message}`);
  }
}

function problem(error: Schemas["Problem"] | undefined): Error {
  return new Error(error ? `${error.title}. ${error.detail}` : "There was no answer.");
}

function needed(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`Please set ${name}; see README.md.`);
  return value;
}

console.log("The directory:");
for (const group of await directory()) console.log(`  ${group.name}, ${group.region_name}`);

console.log("An application with mistakes:");
await showMistakes();

console.log("An application:");
const received = await apply(`Safer Schools ${Date.now()}`);
console.log(`  ${received.reference} is ${received.state}`);

if (link) {
  console.log("An update:");
  const after = await answer(link.replace(/\/$/, "").split("/").at(-1) ?? "");
  console.log(`  ${after.state}; a person reads it by ${after.answer?.read_by}`);
}
