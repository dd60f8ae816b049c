"use strict";
(() => {
  const byId = (id) => document.getElementById(id);
  const names = ["text", "rule", "severity", "folder"];
  const [text, rule, severity, folder] = names.map(byId);
  const [controls, form, shown] = ["controls", "filters", "shown"].map(byId);
  const items = [...document.querySelectorAll("article")].map((node) => ({
    node,
    words: node.textContent.toLowerCase(),
    ...node.dataset,
  }));
  const visible = () => items.filter((item) => !item.node.hidden);
  const filter = () => {
    const words = text.value.toLowerCase().split(/\s+/);
    const below = folder.value.replace(/\/*$/, folder.value ? "/" : "");
    for (const item of items) {
      item.node.hidden = !(
        (!rule.value || item.rule === rule.value) &&
        (!severity.value || item.severity === severity.value) &&
        item.path.startsWith(below) &&
        words.every((word) => item.words.includes(word))
      );
    }
    shown.value = `${visible().length} of ${items.length} shown`;
  };
  // The address holds the filters, so that what is shown can be sent to somebody.
  const write = () => {
    const set = names.filter((name) => byId(name).value).map((name) => [name, byId(name).value]);
    try {
      history.replaceState(null, "", `#${new URLSearchParams(set)}`);
    } catch {
      // A page in a frame of another site has no address of its own.
    }
  };
  const read = () => {
    const set = new URLSearchParams(location.hash.slice(1));
    for (const name of names) byId(name).value = set.get(name) ?? "";
    filter();
  };
  const step = (by) => {
    const nodes = visible().map((item) => item.node);
    const at = nodes.indexOf(document.activeElement?.closest("article"));
    const next = nodes[at < 0 ? 0 : at + by];
    next?.focus();
    next?.scrollIntoView({ block: "nearest" });
  };
  form.addEventListener("input", () => {
    filter();
    write();
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  addEventListener("hashchange", () => {
    read();
    visible()[0]?.node.scrollIntoView();
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") {
      form.reset();
      filter();
      write();
      document.activeElement?.blur();
    } else if (!event.target.closest("input, select")) {
      if (event.key === "/") {
        event.preventDefault();
        controls.open = true;
        text.focus();
      } else if (event.key === "j") step(1);
      else if (event.key === "k") step(-1);
    }
  });
  controls.hidden = false;
  const isWide = matchMedia("(min-width: 45rem)").matches;
  controls.open = isWide;
  const summary = byId("summary");
  if (summary) summary.open = isWide;
  read();
})();
