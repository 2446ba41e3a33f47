/* The directory of a program in any page of any site: docs/embedding.md tells how. What stands
 * inside is shown until the groups are there, and stays if they cannot be had.
 */
(() => {
  "use strict";

  const FILTERS = ["q", "region", "scope", "network"];
  const PER_PAGE = 50;
  /* Those that are not their own name with a capital. */
  const NETWORKS = {
    twitter: "X (Twitter)",
    youtube: "YouTube",
    linkedin: "LinkedIn",
    tiktok: "TikTok",
    whatsapp: "WhatsApp",
  };
  const STYLES = `
    :host { display: block; color: var(--affiliates-ink, inherit); font: var(--affiliates-font, inherit); }
    ul { margin: 0; padding: 0; list-style: none; }
    p { margin: 0 0 .375em; }
    a { color: var(--affiliates-accent, LinkText); }
    .count, .where { color: var(--affiliates-soft, inherit); }
    .groups > li { padding-block: var(--affiliates-gap, 1em); border-block-start: 1px solid var(--affiliates-line, currentColor); }
    .name { font-weight: 700; font-size: 1.125em; }
    .name, .summary { overflow-wrap: anywhere; }
    .links { display: flex; flex-wrap: wrap; gap: .25em 1em; }
    .links a { display: inline-block; padding-block: .25em; }
    button {
      min-block-size: 2.75em; padding: .5em 1.25em; border: 2px solid; border-radius: var(--affiliates-radius, .5em);
      background: transparent; color: var(--affiliates-accent, LinkText); font: inherit; font-weight: 700; cursor: pointer;
    }
    :focus-visible { outline: 3px solid var(--affiliates-focus, currentColor); outline-offset: 2px; }
  `;

  const make = (tag, name, ...content) => {
    const element = document.createElement(tag);
    element.className = name;
    element.setAttribute("part", name);
    element.append(...content);
    return element;
  };

  const capital = (name) => name[0].toUpperCase() + name.slice(1);

  const link = (url, ...content) => {
    const element = make("a", "link", ...content);
    // Whatever the answer says, a link leads to a page and never runs anything.
    if (/^https?:$/.test(new URL(url, document.baseURI).protocol)) element.href = url;
    return element;
  };

  class AffiliateDirectory extends HTMLElement {
    static observedAttributes = ["src", ...FILTERS];

    #round = 0;

    connectedCallback() {
      if (!this.shadowRoot) {
        const root = this.attachShadow({ mode: "open" });
        const sheet = new CSSStyleSheet();
        sheet.replaceSync(STYLES);
        root.adoptedStyleSheets = [sheet];
      }
      this.#start();
    }

    attributeChangedCallback() {
      if (this.shadowRoot) this.#start();
    }

    #start() {
      this.shadowRoot.replaceChildren(document.createElement("slot"));
      this.#load(0, ++this.#round);
    }

    #word(name, otherwise) {
      return this.getAttribute(`label-${name}`) ?? otherwise;
    }

    async #load(offset, round) {
      const url = new URL(this.getAttribute("src") ?? "", document.baseURI);
      for (const name of FILTERS) {
        if (this.getAttribute(name)) url.searchParams.set(name, this.getAttribute(name));
      }
      url.searchParams.set("limit", PER_PAGE);
      url.searchParams.set("offset", offset);
      let answer;
      try {
        const response = await fetch(url, { credentials: "omit", headers: { Accept: "application/json" } });
        if (!response.ok) throw new Error(`${url} answered ${response.status}`);
        answer = await response.json();
      } catch (error) {
        if (round === this.#round) this.#fail(error);
        return;
      }
      if (round === this.#round) this.#show(answer, offset);
    }

    #fail(error) {
      this.shadowRoot.querySelector("button")?.removeAttribute("disabled");
      this.dispatchEvent(new CustomEvent("affiliates-error", { detail: error, bubbles: true }));
    }

    #show({ items, count }, offset) {
      if (offset === 0) this.#begin(count);
      const list = this.shadowRoot.querySelector("ul");
      const rows = items.map((item) => this.#row(item));
      list.append(...rows);
      this.shadowRoot.querySelector("button")?.remove();
      if (items.length && offset + items.length < count) this.#offerMore(offset + items.length);
      if (offset && rows.length) rows[0].querySelector("a").focus();
      this.dispatchEvent(new CustomEvent("affiliates-shown", { detail: { count }, bubbles: true }));
    }

    #begin(count) {
      const text = this.#word(count === 1 ? "one" : "count", count === 1 ? "1 group" : "{count} groups");
      const status = make("p", "count", text.replace("{count}", count));
      status.setAttribute("role", "status");
      const list = make("ul", "groups");
      list.setAttribute("role", "list");
      this.shadowRoot.replaceChildren(status, list);
    }

    #row(item) {
      const where = [item.region_name, item.locality].filter(Boolean).join(" · ");
      const links = make("ul", "links");
      links.setAttribute("role", "list");
      for (const { network, url } of item.links ?? []) {
        const name = this.#word(network, NETWORKS[network] ?? capital(network));
        const anchor = link(url, name);
        anchor.setAttribute("aria-label", `${name} – ${item.name}`);
        links.append(make("li", "item", anchor));
      }
      return make(
        "li",
        "group",
        make("p", "name", link(item.url, item.name)),
        make("p", "where", where),
        make("p", "summary", item.summary),
        ...(links.children.length ? [links] : []),
      );
    }

    #offerMore(offset) {
      const button = make("button", "more", this.#word("more", "Show more groups"));
      button.type = "button";
      button.addEventListener("click", () => {
        button.disabled = true;
        this.#load(offset, this.#round);
      });
      this.shadowRoot.append(button);
    }
  }

  if (!customElements.get("affiliate-directory")) {
    customElements.define("affiliate-directory", AffiliateDirectory);
  }
})();
