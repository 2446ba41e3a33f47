// The directory, and a choice of the regions that have groups.

import { read, readAll } from "./api.js";

export async function showDirectory() {
  const program = await read("");
  document.getElementById("title").textContent = program.title;
  const choice = document.getElementById("region");
  for (const region of (await read("regions/")).items) {
    choice.add(new Option(`${region.name} (${region.count})`, region.code));
  }
  choice.addEventListener("change", () => showGroups(choice.value));
  await showGroups("");
}

async function showGroups(region) {
  const groups = await readAll("affiliates/", { region });
  document.getElementById("groups").replaceChildren(...groups.map(entry));
  document.getElementById("count").textContent = `${groups.length} groups`;
}

// Everything is set as text, never as HTML: groups write what they like.
function entry(group) {
  const link = document.createElement("a");
  link.href = group.url;
  link.textContent = group.name;
  const item = document.createElement("li");
  item.append(link, `, ${group.region_name || "online"}: ${group.summary}`);
  return item;
}
