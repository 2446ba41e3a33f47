// A form made from the program's JSON Schema. Each field is named by its place in the body, such as
// "group.name", which is where the API says what is wrong with it.

import { read, send } from "./api.js";

const form = document.getElementById("application");
const outcome = document.getElementById("outcome");
let key = crypto.randomUUID();

export async function showForm() {
  const { properties } = await read("application-form/");
  for (const part of ["group", "contact"]) addFields(part, properties[part]);
  addStatements(await read(""));
  const button = document.createElement("button");
  button.textContent = "Send";
  form.append(button);
  form.addEventListener("submit", submit);
}

function addFields(part, schema) {
  for (const [name, field] of Object.entries(schema.properties)) {
    if (name === "links") continue;
    const input = field.enum ? choice(field.enum) : document.createElement("input");
    addField(input, `${part}.${name}`, field.title);
  }
}

function choice(values) {
  const select = document.createElement("select");
  for (const value of ["", ...values]) select.add(new Option(value, value));
  return select;
}

// What was shown is what is sent, so that a text which was changed meanwhile is asked again.
function addStatements(program) {
  for (const statement of [...program.beliefs, ...program.obligations]) {
    const box = document.createElement("input");
    box.type = "checkbox";
    box.statement = statement;
    addField(box, `accepted.${statement.id}`, statement.text);
  }
}

function addField(input, place, title) {
  input.id = input.name = place;
  const label = document.createElement("label");
  label.htmlFor = place;
  label.textContent = title;
  const mistake = document.createElement("p");
  mistake.id = `${place}-mistake`;
  input.setAttribute("aria-describedby", mistake.id);
  form.append(label, input, mistake);
}

async function submit(event) {
  event.preventDefault();
  const { ok, answer } = await send(body(), key);
  showMistakes(ok ? [] : (answer.errors ?? []));
  outcome.textContent = ok
    ? `Thank you. Your reference is ${answer.reference}.`
    : answer.detail;
  if (ok) key = crypto.randomUUID(); // The next application is another one.
}

function body() {
  const found = { group: {}, contact: {}, accepted: [] };
  for (const input of form.elements) {
    const [part, name] = input.name.split(".");
    if (input.statement && input.checked) found.accepted.push(input.statement);
    else if (name && !input.statement) found[part][name] = input.value;
  }
  return found;
}

function showMistakes(mistakes) {
  for (const input of form.elements) {
    if (!input.name) continue;
    const mistake = mistakes.find((one) => placeOf(one) === input.name);
    input.setAttribute("aria-invalid", Boolean(mistake));
    document.getElementById(`${input.name}-mistake`).textContent = mistake?.message ?? "";
  }
}

function placeOf(mistake) {
  return mistake.id ? `accepted.${mistake.id}` : mistake.location.join(".");
}
