// What every part of the page uses. Python renders everything; the scripts only move focus and classes, and hand what is
// done to the server's events. `clicks` maps selectors to what a click on them does; each file adds its own.
const one = (selector, root = document) => root.querySelector(selector);
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const isWide = () => matchMedia("(min-width: 1024px)").matches;
const body = () => document.body.classList;
const refOf = (link) => link.getAttribute("href").slice(1);
const act = (name, data = {}) => window.fnAct && window.fnAct(name, data);
const clicks = {};

// A message of the page's own, where the server can't say it.
const say = (text, kind = "trouble") => {
  let bar = one("#fn-said");
  if (!bar) {
    bar = document.createElement("div");
    bar.id = "fn-said";
    one("#fn-ask").before(bar);
  }
  bar.className = "fn-notice " + kind;
  bar.setAttribute("role", kind === "good" ? "status" : "alert");
  const words = document.createElement("span");
  words.textContent = text;
  const close = Object.assign(document.createElement("button"), { title: "Hide", textContent: "✕" });
  close.setAttribute("aria-label", "Hide");
  bar.replaceChildren(words, close);
};
const unsay = () => one("#fn-said") && one("#fn-said").remove();

const copyText = async (text) => {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = document.body.appendChild(Object.assign(document.createElement("textarea"), { value: text }));
    area.select();
    document.execCommand("copy");
    area.remove();
  }
};

// Kept once every part of the page is there.
let begun = null;
const complete = new Promise((resolve) => (begun = resolve));
