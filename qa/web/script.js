// The page's small behaviours: opening footnotes, walking them, the hover card, the panels, dropping files anywhere.
// Python renders everything; this file only moves focus and classes, and hands clicks to Gradio's events.
(() => {
  "use strict";
  const one = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const isWide = () => matchMedia("(min-width: 1024px)").matches;
  const refOf = (link) => link.getAttribute("href").slice(1);
  let opened = null;
  let origin = null; // what had the focus before the sheet covered it

  const open = (ref, from) => {
    if (!window.fnOpen) return;
    opened = ref;
    origin = from || origin;
    document.body.classList.add("fn-panel-open");
    hideCard();
    window.fnOpen(ref);
  };

  const closePanel = () => {
    document.body.classList.remove("fn-panel-open");
    if (origin && origin.isConnected) origin.focus();
    origin = null;
  };

  const highlight = () => {
    for (const link of all(".fn-chip, .fn-note a, .fn-passage a"))
      link.classList.toggle("on", link.getAttribute("href") === "#" + opened);
  };

  // Marks the open footnote's chips, scrolls its words into view; runs whenever the panel's content changes.
  const settle = () => {
    const article = one("#fn-source article");
    document.body.classList.toggle("fn-has-source", Boolean(article));
    opened = article ? article.id.slice(2) : null;
    highlight();
    if (article) applyView(article);
    const mark = article && one(article.classList.contains("fn-as-page") ? ".fn-sheet rect" : "mark", article);
    const scroller = article && one(".fn-scroll", article);
    if (mark) {
      const gap = mark.getBoundingClientRect().top - scroller.getBoundingClientRect().top;
      scroller.scrollTop += gap - Math.min(scroller.clientHeight * 0.3, 180);
      scroller.scrollLeft += mark.getBoundingClientRect().left - scroller.getBoundingClientRect().left - 24;
    } else if (scroller) scroller.scrollTop = 0;
  };

  // Text or page image: the choice holds for the footnotes opened after it.
  let view = "text";
  const applyView = (article) => {
    const asPage = view === "page" && Boolean(one(".fn-sheet", article));
    article.classList.toggle("fn-as-page", asPage);
    for (const button of all(".fn-view", article)) button.classList.toggle("on", (button.value === "page") === asPage);
  };
  const choose = (button) => {
    view = button.value;
    settle();
  };

  const walk = (step) => {
    const answers = all(".fn-answer");
    const turn = opened ? one("#a-" + opened.split("-")[1]) : answers.at(-1);
    const links = turn ? all(".fn-note a", turn) : [];
    if (!links.length) return;
    const at = links.findIndex((link) => refOf(link) === opened);
    const next = links[(at + step + links.length) % links.length];
    open(refOf(next));
  };

  // ---- the card beside a chip under the pointer or the focus
  let card = null;
  const showCard = (chip) => {
    const [, turn, number] = refOf(chip).split("-");
    const peek = one(`#n-${turn}-${number} .fn-peek`);
    if (!peek) return;
    card ||= document.body.appendChild(Object.assign(document.createElement("div"), { id: "fn-card" }));
    card.setAttribute("role", "tooltip");
    card.replaceChildren(...[...peek.childNodes].map((node) => node.cloneNode(true)));
    card.classList.add("on");
    chip.setAttribute("aria-describedby", "fn-card");
    const box = chip.getBoundingClientRect();
    const left = Math.max(12, Math.min(box.left - 24, innerWidth - card.offsetWidth - 12));
    const above = box.top - card.offsetHeight - 8;
    card.style.left = left + "px";
    card.style.top = (above > 8 ? above : box.bottom + 8) + "px";
  };
  const hideCard = () => card && card.classList.remove("on");

  const ask = (text) => {
    const box = one("#fn-box textarea");
    box.value = text;
    box.dispatchEvent(new Event("input", { bubbles: true }));
    requestAnimationFrame(() => one("#fn-send").click());
  };

  // Until something comes back the send button breathes; Gradio ends it, and ignores a second sending by itself.
  const busy = () => document.body.classList.add("fn-busy");

  const copy = async (button) => {
    const text = one(".fn-markdown", button.parentElement).textContent;
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      const area = document.body.appendChild(Object.assign(document.createElement("textarea"), { value: text }));
      area.select();
      document.execCommand("copy");
      area.remove();
    }
    const label = button.textContent;
    button.textContent = "Copied";
    setTimeout(() => (button.textContent = label), 1600);
  };

  const toggleTheme = () => {
    const dark = document.body.classList.toggle("dark");
    localStorage.setItem("fn-theme", dark ? "dark" : "light");
  };

  const clicks = {
    'a[href^="#c-"], a[href^="#p-"]': (link) => open(refOf(link), link),
    ".fn-close": closePanel,
    ".fn-view": choose,
    ".fn-sheet": (sheet) => {
      sheet.parentElement.classList.toggle("fn-zoom");
      settle();
    },
    ".fn-starter": (button) => ask(button.textContent),
    ".fn-copy": copy,
    ".fn-menu": () => document.body.classList.toggle("fn-menu-open"),
    ".fn-theme": toggleTheme,
    ".fn-dismiss": (button) => button.closest(".fn-report").remove(),
    ".fn-notice button": (button) => button.closest(".fn-notice").remove(),
    ".fn-switch": (button) => {
      document.body.classList.remove("fn-menu-open");
      window.fnTalk("select", { ref: button.value });
    },
    "[data-rename]": (button) => {
      const title = one(".fn-title", button.parentElement).value;
      button.closest("details").removeAttribute("open");
      window.fnTalk("edit", { ref: button.dataset.rename, title });
    },
    "[data-forget]": (button) => {
      button.closest("details").removeAttribute("open");
      window.fnTalk("delete", { ref: button.dataset.forget });
    },
    ".fn-unlimit": () => window.fnTick(""),
    "[data-keep]": (button) => button.closest("details").removeAttribute("open"),
    "[data-remove]": (button) => {
      button.closest("details").removeAttribute("open");
      window.fnRemove(button.dataset.remove);
    },
  };

  document.addEventListener("click", (event) => {
    if (!event.target.closest) return;
    if (event.target.closest("#fn-send")) busy();
    for (const [selector, act] of Object.entries(clicks)) {
      const target = event.target.closest(selector);
      if (target) {
        event.preventDefault();
        act(target);
        return;
      }
    }
    if (!event.target.closest("#fn-side")) document.body.classList.remove("fn-menu-open");
    for (const menu of all(".fn-remove[open]")) if (!menu.contains(event.target)) menu.removeAttribute("open");
  }, true);

  const hovering = (event) => {
    const chip = event.target.closest && event.target.closest("a.fn-chip");
    if (chip) showCard(chip);
    else hideCard();
  };
  document.addEventListener("mouseover", hovering);
  document.addEventListener("focusin", hovering);
  document.addEventListener("scroll", hideCard, true);

  document.addEventListener("change", (event) => {
    if (event.target.matches(".fn-tick")) window.fnTick(event.target.value);
  });
  document.addEventListener("input", (event) => {
    if (!event.target.matches(".fn-find")) return;
    const wanted = event.target.value.toLowerCase();
    for (const item of all(".fn-item", event.target.parentElement)) item.hidden = !item.textContent.toLowerCase().includes(wanted);
  });

  const escape = () => {
    if (card && card.classList.contains("on")) return hideCard();
    const menu = one(".fn-remove[open]");
    if (menu) return menu.removeAttribute("open");
    if (document.body.classList.contains("fn-menu-open")) return document.body.classList.remove("fn-menu-open");
    if (document.body.classList.contains("fn-panel-open")) return closePanel();
    document.activeElement.blur();
  };

  const keys = {
    "/": () => one("#fn-box textarea").focus(),
    "[": () => walk(-1),
    "]": () => walk(1),
    s: () => document.body.classList.toggle("fn-panel-open"),
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.key === "Escape") return escape();
    if (event.key === "Enter" && !event.shiftKey && event.target.matches("#fn-box textarea")) return busy();
    if (event.key === "Enter" && event.target.matches(".fn-title"))
      return one("[data-rename]", event.target.parentElement).click();
    if (event.target.closest("input, textarea, select, [contenteditable]")) return;
    if (event.key === " " && event.target.matches("a.fn-chip")) {
      event.preventDefault();
      event.target.click();
    } else if (keys[event.key]) {
      event.preventDefault();
      keys[event.key]();
    }
  });

  // ---- files dropped anywhere go where the drop zone's own would
  const files = (event) => event.dataTransfer && [...event.dataTransfer.types].includes("Files");
  let depth = 0;
  const dragging = (on) => document.body.classList.toggle("fn-dragging", on);
  document.addEventListener("dragenter", (event) => files(event) && dragging(++depth > 0));
  document.addEventListener("dragleave", (event) => files(event) && dragging(--depth > 0));
  document.addEventListener("dragover", (event) => files(event) && event.preventDefault());
  document.addEventListener("drop", (event) => {
    depth = 0;
    dragging(false);
    if (!files(event) || event.target.closest("#fn-drop")) return;
    event.preventDefault();
    const input = one("#fn-drop input[type=file]");
    if (!input) return;
    input.files = event.dataTransfer.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });

  // ---- what Gradio renders late
  const started = () => {
    const kept = localStorage.getItem("fn-theme");
    if (kept) document.body.classList.toggle("dark", kept === "dark");
    if (isWide()) document.body.classList.add("fn-panel-open");
    const source = one("#fn-source");
    new MutationObserver(settle).observe(source, { childList: true, subtree: true, characterData: true, attributes: true,
      attributeFilter: ["id"] });
    // Gradio patches attributes, and a box that was clicked no longer follows its attribute.
    const ticks = (records) => {
      if (!records.some((record) => record.target.closest(".fn-docs"))) return;
      for (const tick of all(".fn-tick")) tick.checked = tick.hasAttribute("checked");
    };
    new MutationObserver(ticks).observe(one("#fn-documents"), {
      childList: true, subtree: true, attributes: true, attributeFilter: ["checked", "value"],
    });
    new MutationObserver(highlight).observe(one("#fn-chat"), { childList: true, subtree: true });
    settle();
  };
  const waiting = new MutationObserver(() => {
    if (["#fn-source", "#fn-documents", "#fn-chat", "#fn-box textarea"].some((part) => !one(part))) return;
    waiting.disconnect();
    started();
  });
  waiting.observe(document.documentElement, { childList: true, subtree: true });
})();
