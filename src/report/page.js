"use strict";
(() => {
  const byId = (id) => document.getElementById(id);
  const [form, text, rule, severity, folder, shown] =
    ["filters", "text", "rule", "severity", "folder", "shown"].map(byId);
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
    shown.value = `${visible().length} of ${items.length} shown.`;
  };
  const step = (by) => {
    const nodes = visible().map((item) => item.node);
    const at = nodes.indexOf(document.activeElement?.closest("article"));
    const next = nodes[at < 0 ? 0 : at + by];
    next?.focus();
    next?.scrollIntoView({ block: "nearest" });
  };
  form.addEventListener("input", filter);
  form.addEventListener("submit", (event) => event.preventDefault());
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") {
      form.reset();
      filter();
      document.activeElement?.blur();
    } else if (!event.target.closest("input, select")) {
      if (event.key === "/") {
        event.preventDefault();
        text.focus();
      } else if (event.key === "j") step(1);
      else if (event.key === "k") step(-1);
    }
  });
  form.hidden = false;
  filter();
})();
