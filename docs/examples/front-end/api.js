// Talking to the API. Where it is and which program is shown stands in the page's own address:
// ?api=https://example.org/api/affiliates/v1/&program=safe-schools

const address = new URLSearchParams(location.search);
const root = address.get("api") ?? "/api/affiliates/v1/";
const program = address.get("program");

export async function read(path, filters = {}) {
  const query = new URLSearchParams(filters);
  const response = await fetch(`${root}programs/${program}/${path}?${query}`);
  if (!response.ok) throw new Error((await response.json()).detail);
  return response.json();
}

// A list comes in pieces of 100 at most.
export async function readAll(path, filters = {}) {
  const items = [];
  let page;
  do {
    page = await read(path, { ...filters, limit: 100, offset: items.length });
    items.push(...page.items);
  } while (page.items.length && items.length < page.count);
  return items;
}

// The key makes a repeat harmless: after a broken connection, send the same body with the same key.
export async function send(body, key) {
  const response = await fetch(`${root}programs/${program}/applications/`, {
    method: "POST",
    headers: { "Content-Type": "application/json", "Idempotency-Key": key },
    body: JSON.stringify(body),
  });
  return { ok: response.ok, answer: await response.json() };
}
