// What listens to the whole page: clicks, keys, and what the server's framework renders late.
document.addEventListener("click", (event) => {
  if (!event.target.closest) return;
  for (const [selector, does] of Object.entries(clicks)) {
    const target = event.target.closest(selector);
    if (target) {
      event.preventDefault();
      if (target.matches("#fn-send")) event.stopPropagation();
      if (!target.disabled) does(target);
      return;
    }
  }
  if (event.target.closest("#fn-new")) {
    leave();
    body().remove("fn-menu-open");
  }
  if (!event.target.closest("#fn-side")) body().remove("fn-menu-open");
  if (!event.target.closest("#fn-limiting, #fn-settings, #fn-limits, .fn-set")) closeDialogs();
  for (const menu of all(".fn-remove[open]")) if (!menu.contains(event.target)) menu.removeAttribute("open");
}, true);

const escape = () => {
  if (card && card.classList.contains("on")) return hideCard();
  if (Object.values(dialogs).some((name) => body().contains(name))) return closeDialogs();
  const menu = one(".fn-remove[open]");
  if (menu) return menu.removeAttribute("open");
  if (body().contains("fn-menu-open")) return body().remove("fn-menu-open");
  if (body().contains("fn-evaluating")) return leave();
  if (body().contains("fn-panel-open")) return closePanel();
  document.activeElement.blur();
};
const keys = {
  "/": () => box().focus(),
  "[": () => walk(-1),
  "]": () => walk(1),
  s: () => body().toggle("fn-panel-open"),
};
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.key === "Escape") return escape();
  if (event.key === "Enter" && !event.shiftKey && event.target.matches("#fn-box textarea")) {
    event.preventDefault();
    event.stopPropagation(); // the box would send by itself
    return submit();
  }
  if (event.key === "Enter" && event.target.matches(".fn-title"))
    return one("[data-rename]", event.target.parentElement).click();
  if (event.target.closest("input, textarea, select, [contenteditable]")) return;
  if (event.key === "Enter" && event.target.matches("mark")) return event.target.click();
  if (event.key === " " && event.target.matches('[role="button"]')) {
    event.preventDefault();
    event.target.click();
  } else if (keys[event.key]) {
    event.preventDefault();
    keys[event.key]();
  }
}, true);

// What is watched of the page, and what each part does when it changes.
const ticks = (records) => {
  if (!records.some((record) => record.target.closest(".fn-docs, .fn-form"))) return;
  // Gradio patches attributes, and a box that was clicked no longer follows its attribute.
  for (const tick of all(".fn-tick, .fn-boxes input")) tick.checked = tick.hasAttribute("checked");
  for (const find of all(".fn-docs .fn-find")) sift(find);
};
const named = () => {
  // Gradio's label for this button is none of the words that it shows; what it shows is its name.
  const button = one("#fn-drop button.upload-container");
  if (button) button.removeAttribute("aria-label");
};
const changed = () => {
  for (const button of all(".fn-fold:not([aria-expanded])")) button.setAttribute("aria-expanded", "false"); // none may come
  highlight();
  follow();
};
const inside = { childList: true, subtree: true };
const watched = [
  ["#fn-source", settle, { ...inside, characterData: true, attributes: true, attributeFilter: ["id"] }],
  ["#fn-documents", ticks, { ...inside, attributes: true, attributeFilter: ["checked", "value"] }],
  ["#fn-limiting", ticks, { ...inside, attributes: true, attributeFilter: ["checked", "value"] }],
  ["#fn-drop", named, inside],
  ["#fn-chat", changed, inside],
  ["#fn-next", () => follow(true), inside],
];

// The page's parts come in any order: it begins when the last is there, which may be so before this is read.
const begin = () => {
  if ([...watched.map(([part]) => part), "#fn-ask", "#fn-box textarea"].some((part) => !one(part))) return;
  waiting.disconnect();
  const kept = localStorage.getItem("fn-theme");
  if (kept) body().toggle("dark", kept === "dark");
  if (isWide()) body().add("fn-panel-open");
  for (const [part, does, options] of watched) new MutationObserver(does).observe(one(part), options);
  named();
  settle();
  watch();
  begun();
};
const waiting = new MutationObserver(begin);
waiting.observe(document.documentElement, inside);
begin();
