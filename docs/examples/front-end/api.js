// Talking to the API. Where it is and which program is shown stands in the page's own address:
// ?api=https://example.org/api/affiliates/v1/&program=safe-schools

const address = new URLSearchParams(location.search);
const root = address.get("api") ?? "/api/affiliates/v1/";
const program = address.get("program");

export async function read(path, filters = {}) {
  const query = new URLSearchParams(filters);
  const { ok, answer } = await call(`programs/${program}/${path}?${query}`);
  if (!ok) throw new Error(answer.detail);
  return answer;
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
export function send(body, key) {
  return call(`programs/${program}/applications/`, body, { "Idempotency-Key": key });
}

// In a header the token gets into no log.
export function readRequest(token) {
  return call("update-requests/", null, { Authorization: `Bearer ${token}` });
}

// The body's version makes a repeat harmless.
export function sendUpdate(token, body) {
  return call("update-requests/", body, { Authorization: `Bearer ${token}` });
}

async function call(path, body, headers = {}) {
  const options = body
    ? {
        method: "POST",
        headers: { "Content-Type": "application/json", ...headers },
        body: JSON.stringify(body),
      }
    : { headers };
  const response = await fetch(root + path, options);
  return { ok: response.ok, status: response.status, answer: await response.json() };
}
