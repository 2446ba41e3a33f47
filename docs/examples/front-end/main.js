import { showForm } from "./apply.js";
import { showDirectory } from "./directory.js";

await showDirectory();
await showForm();
