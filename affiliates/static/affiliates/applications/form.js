// Makes the application form harder for robots and safer for people. Nothing here is needed: a
// browser without scripts just meets tighter limits. Proof of work as in altcha, version 2.
const form = document.querySelector("form[data-challenge]");
const BATCH = 512;

const bytes = (hex) => Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16));
const hex = (buffer) => Array.from(new Uint8Array(buffer), (n) => n.toString(16).padStart(2, "0")).join("");

async function derive(parameters, counter) {
  const salt = bytes(parameters.salt);
  const nonce = bytes(parameters.nonce);
  let data = new Uint8Array(salt.length + nonce.length + 4);
  data.set(salt);
  data.set(nonce, salt.length);
  new DataView(data.buffer).setUint32(data.length - 4, counter);
  for (let round = 0; round < parameters.cost; round++) {
    data = await crypto.subtle.digest("SHA-256", data);
  }
  return hex(data.slice(0, parameters.keyLength));
}

async function solve({ parameters }) {
  for (let start = 0; ; start += BATCH) {
    const counters = Array.from({ length: BATCH }, (_, index) => start + index);
    const keys = await Promise.all(counters.map((counter) => derive(parameters, counter)));
    const found = keys.findIndex((key) => key.startsWith(parameters.keyPrefix));
    if (found >= 0) return { counter: start + found, derivedKey: keys[found] };
  }
}

async function prove() {
  const answer = await fetch(form.dataset.challenge, { cache: "no-store" });
  if (!answer.ok) return;
  const challenge = await answer.json();
  const solution = await solve(challenge);
  form.elements.proof.value = btoa(JSON.stringify({ challenge, solution }));
}

// Only in secure contexts does a browser have crypto.subtle. A failed fetch changes nothing.
if (form && window.crypto?.subtle) {
  form.addEventListener("focusin", () => prove().catch(() => {}), { once: true });
}
