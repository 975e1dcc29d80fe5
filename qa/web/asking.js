// The question box: one question at a time is asked, those sent meanwhile wait in a line and can be taken back.
const LONGEST = 20000; // characters; the server refuses more
const KEPT = "fn-asking"; // in this tab's storage: the question that is being answered
let asking = null; // the question on its way, null where there is none
let queued = [];
let streaming = false; // a language model writes it
let answers = 0; // shown when it was sent
let halting = 0; // the timer of what is being stopped
let slow = 0; // the timer of what is shown of an answer that isn't there at once: most are

const box = () => one("#fn-box textarea");
const write = (text) => {
  const area = box();
  area.value = text;
  area.dispatchEvent(new Event("input", { bubbles: true }));
};

const submit = () => {
  const text = box().value;
  if (!text.trim()) {
    if (asking === null) say("Write a question first.");
    return box().focus();
  }
  ask(text);
  // What changes the page comes after the question is on its way: laying it out takes as long as sending.
  setTimeout(() => {
    unsay();
    if (box().value === text) write("");
  });
};

const ask = (text) => {
  if (asking !== null) {
    if (text !== asking && text !== queued.at(-1)) queued.push(text);
    return showQueue();
  }
  asking = text;
  answers = all(".fn-answer").length;
  window.fnAsk(text);
  sessionStorage.setItem(KEPT, text);
  setTimeout(() => {
    busy(asking !== null);
    if (asking === text && one("#fn-notice .fn-notice")) one("#fn-notice .fn-notice").remove();
  });
};
// A class of the body would have every part of the page styled anew.
const busy = (on) => {
  for (const part of ["#fn-ask", "#fn-new"]) one(part).toggleAttribute("data-busy", on);
  clearTimeout(slow);
  if (on) return void (slow = setTimeout(() => one("#fn-ask").setAttribute("data-slow", ""), 400));
  one("#fn-ask").removeAttribute("data-slow");
  halting = clearInterval(halting);
  Object.assign(one(".fn-halt"), { textContent: "Stop", disabled: false });
};
const halt = (button) => {
  if (asking === null) return;
  Object.assign(button, { textContent: "Stopping…", disabled: true });
  const text = asking;
  act("halt", { text });
  halting ||= setInterval(() => act("halt", { text }), 500); // its writing may not have begun yet
};

// Called when the server's answer is there, or its first words: then the rest is still to come.
window.fnEnded = () => requestAnimationFrame(() => requestAnimationFrame(ended));
const ended = () => {
  if (asking === null) return;
  if (one(".fn-draft") && !streaming) {
    streaming = true;
    return window.fnStream(asking);
  }
  streaming = false;
  const refused = one("#fn-notice .refused");
  if (refused || all(".fn-answer").length === answers) {
    if (one(".fn-draft")) act("redraw");
    write([asking, box().value].filter(Boolean).join("\n"));
    if (!refused && !one("#fn-notice .fn-notice")) say("No answer came back. Your question is in the box: ask it again.");
  }
  asking = null;
  sessionStorage.removeItem(KEPT);
  busy(false);
  if (!refused) act("rest");
  const next = queued.shift();
  showQueue();
  if (next) ask(next);
  else if (!refused) act("next");
};

const showQueue = () => {
  let line = one("#fn-queue");
  if (!line) {
    line = document.createElement("div");
    line.id = "fn-queue";
    line.setAttribute("role", "status");
    one("#fn-ask").before(line);
  }
  line.replaceChildren(
    ...queued.map((text, place) => {
      const row = document.createElement("p");
      const words = document.createElement("span");
      words.textContent = "Asked next: " + text.slice(0, 120);
      const back = Object.assign(document.createElement("button"), { title: "Take it back", textContent: "✕" });
      back.className = "fn-unqueue";
      back.value = place;
      back.setAttribute("aria-label", "Take it back");
      row.append(words, back);
      return row;
    }),
  );
};

// A page that was reloaded before its answer came: the answer is in the list by now, or the question is asked again.
window.fnBegun = async () => {
  await complete;
  const text = sessionStorage.getItem(KEPT) || sessionStorage.getItem("fn-box");
  const wasAsking = sessionStorage.getItem(KEPT) !== null;
  sessionStorage.removeItem(KEPT);
  sessionStorage.removeItem("fn-box");
  if (!text || asking !== null) return;
  const shown = all(".fn-question").at(-1);
  const same = (words) => words && words.trim() === text.trim();
  if (wasAsking && shown && same(shown.textContent)) return;
  const talk = wasAsking && all(".fn-switch").find((button) => same(button.title));
  if (talk) return talk.click();
  write(text);
  if (wasAsking) say("The page was reloaded before the answer came. Your question is in the box: ask it again.");
};

// A new question goes to the top of the chat as far as there is something below it, unless its reader scrolls.
let followed = "";
let scrolled = false;
const follow = (smaller = false) => {
  const questions = all(".fn-question");
  const last = questions.at(-1);
  const key = last ? questions.length + last.textContent : "";
  const other = key !== followed;
  if (other) [followed, scrolled] = [key, false];
  if (!last || scrolled || !(other || smaller || asking !== null)) return;
  const frame = last.closest(".panel-wrap");
  frame.scrollTop += last.getBoundingClientRect().top - frame.getBoundingClientRect().top - 20;
};
for (const name of ["wheel", "touchmove", "pointerdown", "focusin"])
  document.addEventListener(name, (event) => {
    if (event.target.closest("#fn-chat")) scrolled = true;
  }, { passive: true });

const tooLong = () => {
  const over = box().value.length > LONGEST && !one("#fn-notice .refused");
  if (over) say(`This is ${box().value.length.toLocaleString("en")} characters long; a question may have ` +
    `${LONGEST.toLocaleString("en")}. Ask for less at once, or add the text as a document.`);
  else if (one("#fn-said.long")) unsay();
  if (over) one("#fn-said").classList.add("long");
};

const judge = (link) => {
  const [, turn, verdict] = refOf(link).match(/^f-(\d+)-(\w+)$/);
  const off = link.classList.contains("on");
  for (const other of all(".fn-judge", link.parentElement)) other.classList.remove("on");
  link.classList.toggle("on", !off);
  act("judge", { turn: Number(turn), verdict: off ? "" : verdict });
};

const copy = async (button) => {
  await copyText(one(".fn-markdown", button.parentElement).textContent);
  const label = button.textContent;
  button.textContent = "Copied";
  setTimeout(() => (button.textContent = label), 1600);
};

Object.assign(clicks, {
  "#fn-send": submit,
  ".fn-halt": halt,
  ".fn-starter": (button) => ask(button.textContent),
  ".fn-unqueue": (button) => {
    queued.splice(Number(button.value), 1);
    showQueue();
  },
  ".fn-copy": copy,
  'a[href^="#f-"]': judge,
  'a[href^="#t-"]': (link) => act("keep", { turn: Number(refOf(link).slice(2)) }),
  ".fn-notice button": (button) => button.closest(".fn-notice").remove(),
});
