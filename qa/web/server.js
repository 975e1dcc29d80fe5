// Whether the server is there, and whether its library is what the page shows. Where the server isn't, a banner says so
// until it is back; one that was restarted is another one, so the page then loads anew, with what was in the box.
const PERIOD = 5000; // milliseconds; while it is gone, a fifth of it
let known = null;
let gone = false;
let timer = 0;

const knock = async () => {
  try {
    const answer = await fetch("gradio_api/app_id", { cache: "no-store", signal: AbortSignal.timeout(4000) });
    if (!answer.ok) throw new Error(String(answer.status));
    return (await answer.json()).app_id;
  } catch {
    return null;
  }
};
const banner = (on) => {
  gone = on;
  body().toggle("fn-gone", on);
  let bar = one("#fn-lost");
  if (!on) return bar && bar.remove();
  if (bar) return;
  bar = document.body.appendChild(Object.assign(document.createElement("div"), { id: "fn-lost" }));
  bar.setAttribute("role", "alert");
  bar.textContent = "Footnote isn't running any more. This page will go on by itself when it is back.";
};

// The library itself, which other programs and tabs change too. What this page adds is shown when all of it is there.
let shelf = null;
const look = async () => {
  if (shelf && (asking !== null || one(".fn-report.busy"))) return;
  const whose = one(".fn-whose[aria-pressed=true]");
  const which = whose ? whose.value : "shared";
  try {
    const answer = await fetch("state?library=" + which, { cache: "no-store", signal: AbortSignal.timeout(4000) });
    if (!answer.ok) return;
    const [generation, encoder] = await answer.json();
    const before = shelf;
    shelf = { which, generation, encoder };
    if (!before || before.which !== which || before.generation === generation) return;
    const other = before.encoder && encoder && before.encoder !== encoder;
    act("look", { had: all(".fn-tick").map((tick) => tick.value), encoder: other ? encoder : "" });
  } catch {
    // the banner says it
  }
};

const watch = async () => {
  clearTimeout(timer);
  const id = document.hidden ? known : await knock();
  if (id === null && known !== null) banner(true);
  if (id !== null && known !== null && id !== known) {
    if (asking === null && box() && box().value) sessionStorage.setItem("fn-box", box().value);
    return location.reload();
  }
  if (id !== null && gone) banner(false);
  known = id ?? known;
  if (id !== null && !document.hidden) await look();
  timer = setTimeout(watch, gone ? PERIOD / 5 : PERIOD);
};
document.addEventListener("visibilitychange", () => known !== null && watch());
