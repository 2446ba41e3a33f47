import { showForm } from "./apply.js";
import { showDirectory } from "./directory.js";
import { showRequest } from "./update.js";

await showRequest();
await showDirectory();
await showForm();
