// Answering the update that a mail asked for. The token of its link stands in the page's own
// address, behind the #: browsers send that part to no server.

import { readRequest, sendUpdate } from "./api.js";

const section = document.getElementById("update");
const form = section.querySelector("form");
const outcome = document.getElementById("update-outcome");
const token = location.hash.slice(1);
let version = "";

export async function showRequest() {
  if (!token) return;
  const { ok, answer } = await readRequest(token);
  form.hidden = !ok;
  outcome.textContent = ok ? "" : answer.detail;
  if (ok) fill(answer);
  form.addEventListener("submit", submit);
  section.hidden = false;
}

function fill({ affiliate, period, due_on: day, offers, answer, version: current }) {
  version = current;
  document.getElementById("update-title").textContent = `${affiliate}: update for ${period}`;
  document.getElementById("update-due").textContent = `Please tell us by ${day}.`;
  for (const offer of offers) addNeed(offer);
  if (answer?.can_change) restore(answer);
}

function addNeed(offer) {
  const box = document.createElement("input");
  box.type = "checkbox";
  box.name = "needs";
  box.value = offer.id;
  const label = document.createElement("label");
  label.append(box, offer.text);
  document.getElementById("update-needs").append(label);
}

function restore({ kind, text, needs, publish }) {
  form.kind.value = kind;
  form.text.value = text;
  form.publish.checked = publish;
  for (const box of needBoxes()) box.checked = needs.some((need) => need.id === box.value);
}

function needBoxes() {
  return [...form.querySelectorAll("[name=needs]")];
}

async function submit(event) {
  event.preventDefault();
  const { ok, status, answer } = await sendUpdate(token, body());
  const mistakes = (ok ? [] : (answer.errors ?? [])).map((one) => one.message);
  outcome.textContent = ok ? thanks(answer) : [answer.detail, ...mistakes].join(" ");
  if (ok) version = answer.version;
  if (status === 409) await showOther();
}

// What is typed stays. Pressing the button once more sends it in place of the other one.
async function showOther() {
  const { ok, answer } = await readRequest(token);
  if (!ok || !answer.answer) return;
  version = answer.version;
  outcome.textContent += ` The other one says: “${answer.answer.text || answer.answer.kind}”.`;
}

function body() {
  const needs = needBoxes().filter((box) => box.checked).map((box) => box.value);
  const { kind, text, publish } = form;
  return { kind: kind.value, text: text.value, needs, publish: publish.checked, version };
}

function thanks({ answer, asked_on: day }) {
  const promised = answer.help_by ?? answer.read_by;
  const next = day ? ` We ask you again on ${day}.` : "";
  return `Thank you.${promised ? ` A person reads it by ${promised}.` : ""}${next}`;
}
