/* Send the editor's form to the look ahead, in a new tab. The editor must not notice: it would take
   a form that is sent for one that is saved, and no longer warn of unsaved changes. A form that is
   sent by a script tells nobody. */
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-policy-preview]");
  if (!button) return;
  event.preventDefault();
  const form = button.form;
  const own = { action: form.getAttribute("action"), target: form.getAttribute("target") };
  form.setAttribute("action", button.getAttribute("formaction"));
  form.setAttribute("target", "_blank");
  HTMLFormElement.prototype.submit.call(form);
  for (const [name, value] of Object.entries(own)) {
    if (value === null) form.removeAttribute(name);
    else form.setAttribute(name, value);
  }
});
