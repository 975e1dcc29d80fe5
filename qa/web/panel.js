// The source panel: opening footnotes, walking them, its views, and the card beside a chip.
let opened = null;
let origin = null; // what had the focus before the sheet covered it
let view = "text"; // the choice holds for the footnotes opened after it

const open = (ref, from) => {
  opened = ref;
  origin = from || origin;
  body().add("fn-panel-open");
  hideCard();
  act("open", { ref });
};

const closePanel = () => {
  body().remove("fn-panel-open");
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
  body().toggle("fn-has-source", Boolean(article));
  opened = article ? article.id.slice(2) : null;
  highlight();
  if (!article) return;
  const shown = applyView(article);
  for (const words of all(".fn-page mark.cited", article))
    Object.assign(words, { tabIndex: 0, role: "button", title: "Back to its footnote" });
  const mark = { page: ".fn-sheet rect", text: ".fn-page mark" }[shown];
  const target = mark && one(mark, article);
  const scroller = one(".fn-scroll", article);
  if (!target) return void (scroller.scrollTop = 0);
  if (shown === "page") zoom(one(".fn-sheets", article), target.closest("svg"), scroller);
  const [at, frame] = [target.getBoundingClientRect(), scroller.getBoundingClientRect()];
  scroller.scrollTop += at.top - frame.top - Math.min(scroller.clientHeight * 0.3, 180);
  if (shown !== "page") return void (scroller.scrollLeft = 0);
  const [left, right] = across(target.closest("svg"));
  scroller.scrollLeft += (left + right) / 2 - frame.left - scroller.clientWidth / 2;
};

// Where the boxes of a page begin and end, from left to right.
const across = (drawing) => {
  const boxes = all("rect", drawing).map((box) => box.getBoundingClientRect());
  return [Math.min(...boxes.map((box) => box.left)), Math.max(...boxes.map((box) => box.right))];
};
// A page is enlarged as far as all that is boxed on it fits the width: a wide row is not read by scrolling sideways.
const LARGEST = 2;
const zoom = (sheets, drawing, scroller) => {
  sheets.style.setProperty("--zoom", "1");
  if (!sheets.classList.contains("fn-zoom")) return;
  const [left, right] = across(drawing);
  const room = scroller.clientWidth - 2 * 20;
  const most = Math.max(1, 1400 / scroller.clientWidth); // pixels: what the picture has
  sheets.style.setProperty("--zoom", String(Math.max(1, Math.min(LARGEST, most, room / (right - left)))));
};

const applyView = (article) => {
  const shown = view === "page" && !one(".fn-sheet", article) ? "text" : view;
  for (const name of ["text", "page", "why"]) article.classList.toggle("fn-as-" + name, shown === name);
  for (const button of all(".fn-view", article)) {
    button.classList.toggle("on", button.value === shown);
    button.setAttribute("aria-pressed", String(button.value === shown));
  }
  return shown;
};

const walk = (step) => {
  const answers = all(".fn-answer");
  const turn = opened ? one("#a-" + opened.split("-")[1]) : answers.at(-1);
  const links = turn ? all(".fn-note a", turn) : [];
  if (!links.length) return;
  const at = links.findIndex((link) => refOf(link) === opened);
  open(refOf(links[(at + step + links.length) % links.length]));
};

// ---- the card beside a chip under the pointer or the focus
let card = null;
const showCard = (chip) => {
  const [, turn, number] = (chip.getAttribute("href") || "").split("-");
  const parts = [number && one(`#n-${turn}-${number} .fn-peek`), one(".fn-finding", chip.closest(".fn-sentence"))];
  const shown = parts.filter(Boolean).map((part) => part.cloneNode(true));
  if (!shown.length) return;
  card ||= document.body.appendChild(Object.assign(document.createElement("div"), { id: "fn-card" }));
  card.setAttribute("role", "tooltip");
  card.replaceChildren(...shown);
  card.classList.add("on");
  chip.setAttribute("aria-describedby", "fn-card");
  const box = chip.getBoundingClientRect();
  const left = Math.max(12, Math.min(box.left - 24, innerWidth - card.offsetWidth - 12));
  const above = box.top - card.offsetHeight - 8;
  card.style.left = left + "px";
  card.style.top = (above > 8 ? above : box.bottom + 8) + "px";
};
const hideCard = () => card && card.classList.remove("on");
const hovering = (event) => {
  const chip = event.target.closest && event.target.closest(".fn-chip");
  if (chip) showCard(chip);
  else hideCard();
};
document.addEventListener("mouseover", hovering);
document.addEventListener("focusin", hovering);
document.addEventListener("scroll", hideCard, true);

// A long row of chips, of which the first are shown.
const unfold = (button, on) => {
  button.setAttribute("aria-expanded", String(on));
  one(".fn-folded", button.parentElement).classList.toggle("open", on);
};

Object.assign(clicks, {
  ".fn-fold": (button) => unfold(button, button.getAttribute("aria-expanded") !== "true"),
  'a[href^="#c-"], a[href^="#p-"]': (link) => open(refOf(link), link),
  ".fn-close": closePanel,
  ".fn-page mark.cited": () => {
    const chip = all(".fn-chip").find((link) => link.getAttribute("href") === "#" + opened);
    if (!chip || !getSelection().isCollapsed) return; // words are being selected
    if (!isWide()) closePanel();
    const row = chip.closest(".fn-folded");
    if (row) unfold(one(".fn-fold", row.parentElement), true);
    chip.scrollIntoView({ block: "center" });
    chip.focus();
  },
  ".fn-view": (button) => {
    view = button.value;
    settle();
  },
  ".fn-sheet": (sheet) => {
    sheet.parentElement.classList.toggle("fn-zoom");
    settle();
  },
});
